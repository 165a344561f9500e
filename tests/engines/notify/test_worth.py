"""What of a job's steps is told to people."""

import json
from pathlib import Path
from types import ModuleType

import pytest


@pytest.mark.parametrize(
    ("step", "verdict", "told"),
    [
        ("deploy", "done", False),
        # No fault of the step, and still news.
        ("deploy", "running", True),
        ("deploy", "rolled back", True),
        ("deploy", "keep", True),
        ("drift", "drift", True),
        ("drift", "no drift", False),
        ("train", "keep", False),
        ("verify", "failed", True),
    ],
)
def test_what_asks_for_somebody_is_told_and_what_is_news_of_a_deployment(
    programs: dict[str, ModuleType], tmp_path: Path, step: str, verdict: str, told: bool
) -> None:
    (tmp_path / f"{step}.json").write_text(json.dumps({"verdict": verdict, "reasons": ["because"]}))
    found = programs["worth"].telling([step, step, "another"], 0.0, tmp_path)
    assert found == ([(f"{step}: {verdict}", "because")] if told else [])
    assert programs["worth"].telling([step], 4e9, tmp_path) == [], "the report of an earlier job"
