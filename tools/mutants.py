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
FOLDERS = ("compiler", "templates", "schemas", "specs", "golden", "tests", "tools", "docs")
NEEDED = (*FOLDERS, "pyproject.toml", "README.md", "Makefile", "action.yml", ".pre-commit-hooks.yaml")
WORKERS = 2
LIMIT = 120  # seconds for one test; a change that makes it go on for ever is noticed, too
RED = 1  # pytest's exit code for failed tests; anything else is a broken run
Mutant = dict[str, str]
Copies = SimpleQueue[Path]


def main(words: list[str]) -> int:
    """Run all mutants, or those whose name or area holds one of the words given; returns the exit code."""
    mutants = [m for m in load() if not words or any(word in f"{m['name']} {m['area']}" for word in words)]
    with tempfile.TemporaryDirectory(prefix="mlopsc-mutants-") as folder:
        copies: Copies = SimpleQueue()
        for number in range(WORKERS):
            copies.put(copy(Path(folder) / str(number)))
        wrong = unsound({mutant["test"] for mutant in mutants}, copies)
        with ThreadPoolExecutor(WORKERS) as pool:
            survived = [] if wrong else [*pool.map(lambda mutant: survive(mutant, copies), mutants)]
    wrong += [line for line in survived if line]
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
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache", ".hypothesis")
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, into / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, into)
    return into


def unsound(tests: set[str], copies: Copies) -> list[str]:
    """Run tests unchanged, in as many parts as there are copies; returns what went wrong."""
    parts = [sorted(tests)[number::WORKERS] for number in range(WORKERS)]
    with ThreadPoolExecutor(WORKERS) as pool:
        runs = [*pool.map(lambda part: in_copy(part, copies), [part for part in parts if part])]
    return [f"red without any change:\n{said[-3000:]}" for code, said in runs if code]


def in_copy(tests: list[str], copies: Copies) -> tuple[int, str]:
    """Run tests in whichever copy is free."""
    place = copies.get()
    try:
        return run(place, tests, LIMIT * len(tests))
    finally:
        copies.put(place)


def survive(mutant: Mutant, copies: Copies) -> str:
    """Apply one mutant and run its test; returns a line if the test does not notice."""
    place = copies.get()
    path = place / mutant["file"]
    before = path.read_text("utf-8")
    try:
        if before.count(mutant["old"]) != 1:
            return (
                f"{mutant['name']}: its text stands {before.count(mutant['old'])} times in {mutant['file']}"
            )
        path.write_text(before.replace(mutant["old"], mutant["new"]), "utf-8")
        code, said = run(place, [mutant["test"]], LIMIT)
    finally:
        path.write_text(before, "utf-8")
        copies.put(place)
    # Where the engine of a test is missing, it proves nothing and is no fault: it is listed by the tests.
    if code == RED or (code == 0 and " passed" not in said):
        return ""
    how = "stayed green" if code == 0 else f"ended with {code}:\n{said[-1000:]}"
    return f"{mutant['name']}: {mutant['test']} {how}"


def run(place: Path, tests: list[str], limit: float) -> tuple[int, str]:
    """Run tests in a copy; returns pytest's exit code and what it said."""
    env = {
        **os.environ,
        "PYTHONPATH": str(place / "compiler"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # no test needs one, and they cost a second each time
        "MLOPSC_SEQUENCES": "300",
        "MLOPSC_EXAMPLES": "20",
    }
    command = [sys.executable, "-m", "pytest", "-x", *tests]
    try:
        done = subprocess.run(
            command, cwd=place, env=env, capture_output=True, text=True, check=False, timeout=limit
        )
    except subprocess.TimeoutExpired:
        return RED, "did not end"
    return done.returncode, done.stdout + done.stderr


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
