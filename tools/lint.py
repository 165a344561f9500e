"""Every judge over mlopsc and over what it generates: one line each, all findings at the end.

The programs of generated repositories are judged as they lie in golden/, where they stand together.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
GOLDEN = ROOT / "golden"
REPOSITORIES = sorted(path.parent for path in GOLDEN.rglob("mlops.mk"))
# What a generated program is held to, whatever pyproject.toml says of the compiler.
SELECT = "E,F,W,I,UP,B,C4,SIM,RET,RUF,PLC,PLE,PLW,S,D1,ANN"
IGNORED = "ANN401,RUF001,RUF002,RUF003,PLC0415,S603,S607,D105,D107"
# An expression of PromQL stands on one line, however long the names in it are.
RULES = "**/monitoring/**/rules*.yml"
QUERIES = "'**/analysis-*.yaml', '**/metrictemplate-*.yaml', '**/inferenceservice.yaml'"
LINES = (
    f"{{max: 180, ignore: ['{RULES}', '**/prometheusrule.yaml', '**/prometheus-adapter.yaml', {QUERIES}]}}"
)
# What Helm reads is YAML only when Helm has read it: its own lint judges it.
YAMLLINT = f"{{extends: default, ignore: ['**/helm/templates/**'], rules: {{document-start: disable, truthy: {{check-keys: false}}, line-length: {LINES}, comments: {{min-spaces-from-content: 1}}}}}}"
Judge = Callable[[], str]


def main() -> int:
    """Run all judges, two at a time; returns 1 if one of them has a finding."""
    with ThreadPoolExecutor(2) as pool:
        running = [(name, pool.submit(_timed, judge)) for name, judge in _judges()]
        findings = [_told(name, *future.result()) for name, future in running]
    wrong = [text for text in findings if text]
    print("\n\n".join(["", *wrong]) if wrong else "all clean")
    return 1 if wrong else 0


def _judges() -> Iterator[tuple[str, Judge]]:
    programs = sorted(path for path in (ROOT / "templates").rglob("*.py"))
    yield "mypy --strict: mlopsc", partial(run, "mypy", "--cache-dir=.cache/mypy")
    for folder in _programs():
        yield f"mypy --strict: {folder.relative_to(GOLDEN)}", partial(_mypy, folder)
    yield "bandit: mlopsc", partial(run, "bandit", "-q", "-r", "-c", "pyproject.toml", "compiler")
    yield "bandit: programs", partial(run, "bandit", "-q", "-r", "templates")
    yield "ruff check", partial(run, "ruff", "check", "--output-format=concise", ".")
    yield "ruff format", partial(run, "ruff", "format", "--check", "--output-format=concise", ".")
    chosen = ("--isolated", "--line-length=110", f"--select={SELECT}", f"--ignore={IGNORED}")
    yield "ruff check: programs", partial(run, "ruff", "check", *chosen, *programs)
    dags = sorted(GOLDEN.rglob("mlops_*.py"))
    yield "mypy --strict: DAGs", partial(_each, _mypy_dag, dags)
    yield "bandit: DAGs", partial(run, "bandit", "-q", *dags)
    with_airflow = ("--isolated", "--line-length=110", f"--select={SELECT},AIR", f"--ignore={IGNORED}")
    yield "ruff check: DAGs", partial(run, "ruff", "check", *with_airflow, *dags)
    yield (
        "ruff format: DAGs",
        partial(run, "ruff", "format", "--check", "--isolated", "--line-length=110", *dags),
    )
    yield "import-linter", partial(run, "lint-imports", "--no-cache")
    yield (
        "shellcheck",
        partial(run, "shellcheck", ".ci/run", *_files(ROOT / "tools", "*.sh"), *_files(GOLDEN, "*.sh")),
    )
    yield "yamllint: specs, golden", partial(run, "yamllint", "-s", "-d", YAMLLINT, "specs", "golden")
    yield "make -n: golden", partial(_each, _make, REPOSITORIES)
    yield (
        "json: golden",
        partial(_each, _json, [*_files(GOLDEN, "*.json"), *_files(ROOT / "schemas", "*.json")]),
    )
    yield "markdown: golden", partial(_each, _markdown, _files(GOLDEN, "*.md"))


def _programs() -> Iterator[Path]:
    """Yield folders of generated programs, as few as hold all of them."""
    seen: set[tuple[str, bytes]] = set()
    folders = [repository / part for repository in REPOSITORIES for part in ("ops", "serving")]
    for folder in sorted(folders, key=lambda each: len(_files(each, "*.py")), reverse=True):
        held = {(path.name, path.read_bytes()) for path in _files(folder, "*.py")}
        if not held <= seen:
            yield folder
        seen |= held


def run(tool: str, *arguments: str | Path) -> str:
    """Return what a tool of this environment has to say, or nothing when it is content."""
    command = [str(BIN / tool) if (BIN / tool).exists() else tool, *map(str, arguments)]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    return (done.stdout + done.stderr).strip() or f"exit {done.returncode}" if done.returncode else ""


def _mypy(folder: Path) -> str:
    environment = {**os.environ, "MYPYPATH": str(folder)}
    cache = ROOT / ".cache" / "mypy-golden"
    command = [
        BIN / "mypy",
        "--strict",
        "--config-file=",
        "--disable-error-code=import-untyped",
        f"--cache-dir={cache}",
        *_files(folder, "*.py"),
    ]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, env=environment)
    return done.stdout.strip() if done.returncode else ""


def _mypy_dag(path: Path) -> str:
    """Judge a file of DAGs by itself: Airflow lives elsewhere, so that its decorators have no types here."""
    lenient = (
        "--ignore-missing-imports",
        "--disable-error-code=misc",
        "--disable-error-code=untyped-decorator",
    )
    cache = f"--cache-dir={ROOT / '.cache' / 'mypy-golden'}"
    return run("mypy", "--strict", "--config-file=", cache, *lenient, path)


def _make(repository: Path) -> str:
    """Dry-run every target; `make` parses the file and expands each recipe."""
    text = (repository / "mlops.mk").read_text("utf-8")
    targets = re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE)
    command = [
        "make",
        "-n",
        "-f",
        "mlops.mk",
        "--warn-undefined-variables",
        "PYTHON=python3",
        "ARGS=",
        *targets,
    ]
    done = subprocess.run(command, check=False, cwd=repository, capture_output=True, text=True)
    return done.stderr.strip()


def _json(path: Path) -> str:
    try:
        json.loads(path.read_text("utf-8"), parse_constant=_refuse)
    except ValueError as error:
        return str(error)
    return ""


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _markdown(path: Path) -> str:
    """One title, and every row of a table is read as a row: nothing that looks like one is left as text."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").enable("table").parse(path.read_text("utf-8"))
    titles = [token for token in tokens if token.type == "heading_open" and token.tag == "h1"]
    stray = [
        t.content for t in tokens if t.type == "inline" and re.match(r"\|.*\|$", t.content, re.MULTILINE)
    ]
    # The form of a pull request stands below the title that its author gives it.
    wrong = len(titles) != 1 and path.name != "pull_request_template.md"
    return "; ".join([*([f"{len(titles)} titles"] if wrong else []), *stray])


def _each(judge: Callable[[Path], str], paths: list[Path]) -> str:
    found = {path: judge(path) for path in paths}
    return "\n".join(f"{path.relative_to(ROOT)}: {text}" for path, text in found.items() if text)


def _files(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.rglob(pattern))


def _timed(judge: Judge) -> tuple[str, float]:
    start = monotonic()
    return judge(), monotonic() - start


def _told(name: str, said: str, seconds: float) -> str:
    print(f"{'findings' if said else 'clean':9} {name:32} {seconds:5.1f} s", flush=True)
    return f"── {name}\n{said}" if said else ""


if __name__ == "__main__":
    raise SystemExit(main())
