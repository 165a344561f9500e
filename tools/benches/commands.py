"""The commands that a person waits for, against copier and against a bare interpreter."""

import filecmp
import shutil
from functools import partial
from pathlib import Path

from benches.environment import BIN, ROOT
from benches.measure import Cost, Run, interleaved, once
from benches.table import Row

SPEC = "churn"
NAME = "{{ name }}"


def rows(place: Path, rounds: int) -> list[Row]:
    """Measure compile, check and help."""
    spec, ours, theirs = place / "spec", place / "ours", place / "theirs"
    shutil.copytree(ROOT / "specs" / SPEC, spec)
    (spec / "data").mkdir(exist_ok=True)
    (spec / "data" / "customers.csv").touch()  # so that there is nothing to warn about
    template = _template(ROOT / "golden" / SPEC, place / "template")
    emptied = partial(shutil.rmtree, ignore_errors=True)
    compiled = Run([BIN / "mlopsc", "compile", spec, "--into", ours], place, partial(emptied, ours))
    copied = Run(
        [BIN / "copier", "copy", "--quiet", "--defaults", template, theirs], place, partial(emptied, theirs)
    )
    once(compiled)
    once(copied)
    files = _same(ours, theirs)
    once(Run([BIN / "mlopsc", "compile", "--root", "."], spec))
    costs = interleaved(
        {
            "compile": compiled,
            "copier": copied,
            "help": Run([BIN / "mlopsc", "--help"], place),
            "copier help": Run([BIN / "copier", "--help"], place),
        },
        rounds,
    )
    # Milliseconds: more rounds, and no large process in between that empties the caches.
    short = {
        "check": Run([BIN / "mlopsc", "check"], spec),
        "python": Run([BIN / "python", "-c", "pass"], spec),
    }
    return _rows(costs | interleaved(short, rounds * 3), files)


def _rows(costs: dict[str, Cost], files: int) -> list[Row]:
    return [
        Row.against(
            f"cold `compile` of one spec, {files} files", costs["compile"], "copier", costs["copier"], 0.4
        ),
        Row.against("`check`, nothing changed", costs["check"], "bare python", costs["python"], 1.3),
        Row.against("`--help`", costs["help"], "copier", costs["copier help"], 0.4),
    ]


def _template(golden: Path, template: Path) -> Path:
    """Return a copier template of the golden files: what mlopsc renders is rendered, programs are copied."""
    if not golden.is_dir():
        raise RuntimeError(f"{golden.relative_to(ROOT)} is not there: run `make golden`")
    shutil.copytree(golden, template / "files")
    (template / "copier.yml").write_text(f"_subdirectory: files\nname: {{type: str, default: {SPEC}}}\n")
    for file in [path for path in (template / "files").rglob("*") if path.is_file() and path.suffix != ".py"]:
        raw = (f"{{% raw %}}{part}{{% endraw %}}" for part in file.read_text().split(SPEC))
        file.with_name(f"{file.name}.jinja").write_text(NAME.join(raw))
        file.unlink()
    return template


def _same(ours: Path, theirs: Path) -> int:
    """Return how many files both wrote; raises RuntimeError unless they are the same, byte for byte."""
    names = {path.relative_to(ours) for path in ours.rglob("*") if path.is_file()} - {Path(".mlopsc.lock")}
    other = {path.relative_to(theirs) for path in theirs.rglob("*") if path.is_file()}
    differ = names ^ other | {
        n for n in names & other if not filecmp.cmp(ours / n, theirs / n, shallow=False)
    }
    if differ:
        raise RuntimeError(f"golden/ is stale (run `make golden`): {', '.join(map(str, sorted(differ)))}")
    return len(names)
