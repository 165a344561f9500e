"""Many specs in one run: the cost of each, memory, and that a second run writes nothing."""

import shutil
from pathlib import Path

from benches.environment import BIN, ROOT
from benches.measure import Cost, Run, once
from benches.table import Row

# Beyond start-up, cost grows with the number of specs alone, give or take what measuring adds.
LINEAR, FLAT = 1.25, 1.25


def rows(place: Path, sizes: tuple[int, ...]) -> list[Row]:
    """Compile that many specs in one process each, and the last lot once more."""
    found: list[Row] = []
    costs: dict[int, Cost] = {}
    start = once(Run([BIN / "mlopsc", "compile", _specs(place, 1), "--root", place / "1"], place))
    for size in sizes:
        folder = _specs(place, size)
        costs[size] = once(Run([BIN / "mlopsc", "compile", folder, "--root", folder], place))
        found.append(Row.within(f"{size:,} specs in one run", costs[size].cpu / size, "ms per spec", 15))
    first, last = costs[sizes[0]], costs[sizes[-1]]
    growth = ((last.cpu - start.cpu) / sizes[-1]) / ((first.cpu - start.cpu) / sizes[0])
    what = f"{sizes[-1]:,} specs against {sizes[0]:,}"
    found.append(Row(f"{what}: CPU per spec", "", "", f"{growth:.2f}", f"<= {LINEAR}", growth <= LINEAR))
    memory = last.memory / first.memory
    sides = (f"{last.memory:.0f} MiB", f"{first.memory:.0f} MiB")
    found.append(Row(f"{what}: peak memory", *sides, f"{memory:.2f}", f"<= {FLAT}", memory <= FLAT))
    return [*found, _again(place / str(sizes[-1]), sizes[-1])]


def _again(folder: Path, size: int) -> Row:
    before = _stamps(folder)
    cost = once(Run([BIN / "mlopsc", "compile", folder, "--root", folder], folder))
    written = len(_stamps(folder).items() ^ before.items())
    ours = f"{written} written, {cost.cpu / size:.1f} ms per spec"
    return Row(f"{size:,} specs again, {len(before):,} files", ours, "", "", "0 written", not written)


def _specs(place: Path, count: int) -> Path:
    text = (ROOT / "specs" / "churn" / "mlops.yaml").read_text("utf-8")
    folder = place / str(count)
    shutil.rmtree(folder, ignore_errors=True)
    for number in range(count):
        spec = folder / f"model-{number:04}" / "mlops.yaml"
        # Each has its data, so that there is nothing to warn about.
        (spec.parent / "data").mkdir(parents=True)
        (spec.parent / "data" / "customers.csv").touch()
        spec.write_text(text.replace("name: churn", f"name: churn-{number}"), "utf-8")
    return folder


def _stamps(folder: Path) -> dict[Path, tuple[int, int]]:
    stats = {path: path.stat() for path in folder.rglob("*") if path.is_file()}
    return {path: (stat.st_mtime_ns, stat.st_ino) for path, stat in stats.items()}
