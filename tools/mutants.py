"""Shows that the tests can fail: applies each small change of tests/mutants.toml to a copy and runs its test.

Each `[[mutant]]` names a file, a text that stands there exactly once, what replaces it, and the test that must
turn red. A test that fails without the change proves nothing, so all named tests are run unchanged first.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).resolve().parent.parent
NEEDED = (
    "compiler",
    "templates",
    "schemas",
    "specs",
    "golden",
    "tests",
    "tools",
    "docs",
    "pyproject.toml",
    "README.md",
    "Makefile",
)
WORKERS = 2
RED = 1  # pytest's exit code for failed tests; anything else is a broken run
Mutant = dict[str, str]


def main(names: list[str]) -> int:
    """Run all mutants, or those whose name holds one of the words given; returns the exit code."""
    mutants = [m for m in load() if not names or any(word in m["name"] for word in names)]
    with tempfile.TemporaryDirectory(prefix="mlopsc-mutants-") as folder:
        copies: SimpleQueue[Path] = SimpleQueue()
        for number in range(WORKERS):
            copies.put(copy(Path(folder) / str(number)))
        with ThreadPoolExecutor(WORKERS) as pool:
            tests = sorted({mutant["test"] for mutant in mutants})
            sound = list(pool.map(lambda part: unchanged(part, copies), (tests[::2], tests[1::2])))
            wrong = [line for lines in sound for line in lines]
            if not wrong:
                wrong = [line for line in pool.map(lambda mutant: survive(mutant, copies), mutants) if line]
    print("\n".join(wrong) if wrong else f"mutants: {len(mutants)} of {len(mutants)} turned their test red")
    return 1 if wrong else 0


def load() -> list[Mutant]:
    """Return the mutants."""
    with (ROOT / "tests" / "mutants.toml").open("rb") as file:
        mutants: list[Mutant] = tomllib.load(file)["mutant"]
    return mutants


def copy(into: Path) -> Path:
    """Copy what tests need."""
    into.mkdir()
    ignored = shutil.ignore_patterns("__pycache__", ".hypothesis")
    for name in NEEDED:
        source = ROOT / name
        (
            shutil.copytree(source, into / name, ignore=ignored)
            if source.is_dir()
            else shutil.copy(source, into)
        )
    return into


def unchanged(tests: list[str], copies: "SimpleQueue[Path]") -> list[str]:
    """Run tests on the unchanged copy; returns what went wrong."""
    if not tests:
        return []
    place = copies.get()
    try:
        done = run(place, tests)
    finally:
        copies.put(place)
    return [] if done.returncode == 0 else [f"red without any change:\n{done.stdout[-3000:]}"]


def survive(mutant: Mutant, copies: "SimpleQueue[Path]") -> str:
    """Apply one mutant and run its test; returns a line if the test does not notice."""
    place = copies.get()
    path = place / mutant["file"]
    before = path.read_text("utf-8")
    try:
        if before.count(mutant["old"]) != 1:
            return f"{mutant['name']}: the text to change stands {before.count(mutant['old'])} times in {mutant['file']}"
        path.write_text(before.replace(mutant["old"], mutant["new"]), "utf-8")
        code = run(place, [mutant["test"]]).returncode
    finally:
        path.write_text(before, "utf-8")
        copies.put(place)
    if code == RED:
        return ""
    return (
        f"{mutant['name']}: {mutant['test']} stayed green"
        if code == 0
        else f"{mutant['name']}: pytest ended with {code}"
    )


def run(place: Path, tests: list[str]) -> subprocess.CompletedProcess[str]:
    """Run tests in a copy."""
    env = {
        **os.environ,
        "PYTHONPATH": str(place / "compiler"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "MLOPSC_SEQUENCES": "300",
        "MLOPSC_EXAMPLES": "20",
    }
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:randomly", *tests]
    return subprocess.run(command, cwd=place, env=env, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
