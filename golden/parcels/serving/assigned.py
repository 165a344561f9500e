"""Whom a request is about, which arm of the A/B test that is, and how the log tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from arms import NONE, arm, name_of
from request_fields import Field

Row = dict[str, Any]
# What a caller names the id by whose outcome will be known; it goes before the rows' own.
ENTITY = b"x-entity-id"
ARM = "arm"
_FROM_TEXT = {"integer": int, "number": float}


@dataclass(frozen=True)
class Assigned:
    """The id of a request as the log keeps it, None for none, and its arm."""

    id: Any
    arm: str


class Assigning:
    """Finds the ids of requests."""

    def __init__(self, experiment: str, share: float, field: str, kind: str) -> None:
        """Take what deals the ids, and the field of a row that holds one, with its logical type."""
        self.experiment, self.share, self.field = experiment, share, field
        self.kind = Field(field, kind)

    def of(self, header: bytes, rows: list[Row]) -> Assigned:
        """Return whom a request is about: whom its header names, else whom all of its rows name alike."""
        found = self._named(header)
        if found is None:
            own = [row.get(self.field) for row in rows]
            found = own[0] if len({name_of(each) for each in own}) == 1 else None
        name = name_of(found)
        return Assigned(found if name else None, arm(self.experiment, self.share, name))

    def logged(self, assigned: Assigned, rows: list[Row]) -> list[Row]:
        """Return the rows as they are logged: with the id that the header named, and the arm.

        A row about somebody else has no arm: it was answered by the arm of the id that the request names.
        """
        named = name_of(assigned.id)
        return [self._row(assigned, named, row) for row in rows]

    def _row(self, assigned: Assigned, named: str, row: Row) -> Row:
        own = name_of(row.get(self.field))
        filled = {} if own or not named else {self.field: assigned.id}
        return {**row, **filled, ARM: assigned.arm if own in ("", named) else NONE}

    def _named(self, header: bytes) -> Any:
        """Return the id of a header in the type of the field; None for one that no row could hold."""
        try:
            text = header.decode()
        except UnicodeDecodeError:
            # As older clients write it (RFC 9110, 5.5).
            text = header.decode("latin-1")
        try:
            found = self.kind.read(_FROM_TEXT.get(self.kind.kind, str)(text))
        except ValueError:
            return None
        return found if name_of(found) else None
