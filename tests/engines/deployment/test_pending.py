"""A tag of the version says until when its rollout goes on; whoever finishes it waits for that."""

import importlib
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

OPS = Path(__file__).parents[3] / "templates" / "deployment" / "ops"


@pytest.fixture
def pending(programs: dict[str, ModuleType], monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the program; `programs` are those that it leans on."""
    monkeypatch.syspath_prepend(str(OPS))
    found = importlib.import_module("pending")
    for name in ("pending", "course"):
        monkeypatch.delitem(sys.modules, name)
    return found


def test_a_rollout_is_due_when_its_time_is_over(pending: ModuleType) -> None:
    tag = f"{pending.ROLLOUT}production"
    ends = datetime(2026, 3, 1, 12, 30, tzinfo=UTC).timestamp()
    tags = {tag: "running until 2026-03-01T12:30Z", f"{pending.ROLLOUT}staging": "done", "note": "running"}
    assert pending.due(tags, ends + 1) == [tag]
    assert pending.due(tags, ends) == pending.due(tags, ends - 3600) == []
