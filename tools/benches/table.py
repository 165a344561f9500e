"""The table of what was measured."""

from collections.abc import Sequence
from dataclasses import dataclass

from benches.measure import Cost


@dataclass(frozen=True)
class Row:
    """One line: figures as they are shown, and whether the target is met; None where there is none."""

    what: str
    ours: str
    peer: str
    ratio: str
    target: str
    met: bool | None

    @classmethod
    def against(cls, what: str, ours: Cost, name: str, peer: Cost, target: float) -> "Row":
        """Return the row of a ratio to a peer."""
        ratio = ours.cpu / peer.cpu
        sides = (f"{ours.cpu:.0f} ms", f"{name}: {peer.cpu:.0f} ms")
        return cls(what, *sides, f"{ratio:.2f}", f"<= {target}", ratio <= target)

    @classmethod
    def within(cls, what: str, ours: float, unit: str, target: float) -> "Row":
        """Return the row of a figure that has a limit of its own."""
        return cls(
            what, f"{ours:.1f} {unit}", "", "", f"<= {target} {unit.split(maxsplit=1)[0]}", ours <= target
        )


def markdown(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = ["| what | ours | peer | ratio | target | met |", "| --- | --- | --- | --- | --- | --- |"]
    for row in rows:
        met = {True: "yes", False: "no", None: ""}[row.met]
        lines.append(f"| {row.what} | {row.ours} | {row.peer} | {row.ratio} | {row.target} | {met} |")
    return "\n".join(lines) + "\n"
