"""A tag of the version says until when its rollout goes on; whoever finishes it waits for that."""

import importlib
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.unit.targets.workflows import written

CANARY = {
    "serving": {"image": "ghcr.io/acme/churn", "replicas": 8, "slo": {"error_rate": "1%"}},
    "deployment": {"strategy": "canary", "provider": "none", "steps": ["20%"], "hold": "1h"},
    "connections": {"prometheus": {"url": "http://prometheus:9090"}},
    "environments": {"production": {"cluster": {"context": "prd"}}},
}


def test_a_rollout_is_due_when_its_time_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path, text in written(**CANARY).items():
        if path.startswith("ops/"):
            (tmp_path / path).parent.mkdir(exist_ok=True)
            (tmp_path / path).write_text(text)
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(tmp_path / "ops"))
    pending = importlib.import_module("pending")
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            monkeypatch.delitem(sys.modules, name)
    tag = f"{pending.ROLLOUT}production"
    ends = datetime(2026, 3, 1, 12, 30, tzinfo=UTC).timestamp()
    tags = {tag: "running until 2026-03-01T12:30Z", f"{pending.ROLLOUT}staging": "done", "note": "running"}
    assert pending.due(tags, ends + 1) == [tag]
    assert pending.due(tags, ends) == pending.due(tags, ends - 3600) == []
