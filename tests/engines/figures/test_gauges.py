"""What each step says of the figures, and what they are when somebody is killed, wrong, or only trying out."""

import math
import time
from pathlib import Path
from types import ModuleType

import pytest

from tests.engines.figures.conftest import Keep
from tests.engines.figures.world import checked, samples
from tests.engines.influxdb.world import World
from tests.engines.killing import killed, length, points

M = 'model="churn"'


def kept(world: World) -> dict[str, float]:
    """Return the figures of the text file, without the model, which bears them all."""
    file = world.root / "reports/metrics.prom"
    found = samples(file.read_text()) if file.exists() else {}
    assert all(name.partition("{")[2].startswith(M) for name in found)
    return {name.replace(f"{{{M}}}", "").replace(f"{M},", ""): value for name, value in found.items()}


@pytest.mark.parametrize(("verdict", "valid"), [("passed", 1), ("warned", 0), ("blocked", 0)])
def test_a_validation_says_whether_each_check_passed(
    world: World, keep: Keep, verdict: str, valid: int
) -> None:
    before = time.time()
    keep("validate", verdict)
    found = kept(world)
    assert found.pop("model_data_validated_timestamp_seconds") >= before
    assert found == {"model_data_valid": valid}


def test_scores_say_how_many_when_and_by_which_version(world: World, programs: dict[str, ModuleType]) -> None:
    def keep(verdict: str, **figures: int) -> None:
        programs["gauges"].keep("score", programs["verdict"].Outcome(verdict, figures))

    before = time.time()
    keep("scored", version=7, rows_in=50, rows_out=50)
    found = kept(world)
    assert found.pop("model_scoring_timestamp_seconds") >= before
    assert found == {"model_scoring_rows": 50, "model_scoring_version": 7}
    # What was blocked or skipped left the scores of before.
    for verdict in ("blocked", "skipped", "nothing to score", "error"):
        keep(verdict, version=8, rows_in=9, rows_out=9)
        assert kept(world).items() >= found.items()


def test_an_error_leaves_the_figures_as_they_are(world: World, keep: Keep) -> None:
    keep("validate", "blocked")
    keep("drift", "drift", checked=1764000000, drift_scores={"age": 0.5}, drift_score=0.5)
    before = kept(world)
    assert keep("validate", "error") == 2
    assert keep("drift", "error") == 2
    assert kept(world) == before


def test_a_figure_that_became_unknown_is_gone(world: World, keep: Keep) -> None:
    keep(
        "drift",
        "drift",
        checked=1764000000,
        drift_scores={"age": 0.5, "plan": math.inf},
        drift_score=math.inf,
    )
    assert kept(world) == {
        "model_drift_score": math.inf,
        'model_drift_score{column="age"}': 0.5,
        'model_drift_score{column="plan"}': math.inf,
        "model_drift_checked_timestamp_seconds": 1764000000,
    }
    assert 'column="plan"} +Inf\n' in (world.root / "reports/metrics.prom").read_text()
    keep(
        "drift", "unknown", checked=1764000060, drift_scores={"plan": 0.25, "age": math.nan}, drift_score=None
    )
    assert kept(world) == {
        'model_drift_score{column="plan"}': 0.25,
        "model_drift_checked_timestamp_seconds": 1764000060,
    }
    # Nothing has come since: what was found last still holds.
    keep("drift", "unknown", checked=1764000120)
    assert kept(world)['model_drift_score{column="plan"}'] == 0.25
    assert kept(world)["model_drift_checked_timestamp_seconds"] == 1764000120


def test_without_a_timestamp_data_is_as_fresh_as_the_last_fetch(world: World, keep: Keep) -> None:
    before = time.time()
    keep("fetch", "nothing new")
    assert kept(world) == {}
    keep("fetch", "fetched")
    first = kept(world)
    assert list(first) == ["model_data_newest_timestamp_seconds"]
    assert before <= first["model_data_newest_timestamp_seconds"] <= time.time()
    keep("fetch", "blocked")
    assert kept(world)["model_data_valid"] == 0
    assert kept(world)["model_data_newest_timestamp_seconds"] == first["model_data_newest_timestamp_seconds"]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_freshness_is_the_newest_record_that_is_not_of_the_future(
    world: World, keep: Keep, suffix: str
) -> None:
    import pandas as pd

    times = ["2026-05-01", "2026-05-03T12:00:00+02:00", "2206-01-01", "no time", None]
    folder = world.root / "data"
    folder.mkdir()
    frames = {"a": times, "b": ["2026-04-01"], "c": [None]}
    for name, values in frames.items():
        frame = pd.DataFrame({"seen_at": pd.Series(values, dtype=object), "n": 1})
        frame.to_csv(folder / f"{name}.csv", index=False) if suffix == "csv" else frame.to_parquet(folder / f"{name}.parquet")  # fmt: skip
    world.configure(data={"path": "data", "format": suffix, "timestamp": "seen_at"})
    keep("validate", "passed")
    wanted = pd.Timestamp("2026-05-03T10:00:00Z").timestamp()
    assert kept(world)["model_data_newest_timestamp_seconds"] == wanted
    (folder / f"a.{suffix}").unlink()
    keep("validate", "blocked")
    assert kept(world)["model_data_newest_timestamp_seconds"] == wanted, "blocked data is not trained on"


def test_labels_that_came_later_count_until_another_version_is_promoted(
    programs: dict[str, ModuleType], world: World
) -> None:
    known = {
        "checked": 200.0,
        "label_metrics": {"accuracy": 0.7},
        "champion": {
            "version": 3,
            "promoted": 100.0,
            "metrics": {"accuracy": 0.9, "f1": 0.8, "bad": math.nan},
        },
    }
    text = programs["gauges"].text({"model": {"name": "churn"}}, known)
    assert {value for name, value in samples(text).items() if "accuracy" in name} == {0.7}
    later = known | {"champion": known["champion"] | {"promoted": 300.0}}  # type: ignore[operator]
    found = samples(programs["gauges"].text({"model": {"name": "churn"}}, later))
    assert found[f'model_metric{{{M},metric="accuracy"}}'] == 0.9
    assert found[f'model_metric{{{M},metric="f1"}}'] == 0.8
    assert "bad" not in str(found)


@pytest.mark.parametrize(("name", "value"), [("GITHUB_EVENT_NAME", "pull_request"), ("CHANGE_ID", "7")])
def test_a_pull_request_says_nothing_of_production(
    world: World, keep: Keep, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    keep("validate", "blocked")
    assert kept(world) == {}


def test_figures_never_stand_in_the_way_of_a_step(
    world: World, keep: Keep, capsys: pytest.CaptureFixture[str]
) -> None:
    world.write(".mlops/figures.json", "{broken")
    assert keep("validate", "passed") == 0
    assert (
        "validate: its figures were not kept for Prometheus: .mlops/figures.json" in capsys.readouterr().err
    )
    world.configure(state="tracking", tracking={"uri": {"env": "NO_SUCH_STORE"}, "experiment": "churn"})
    assert keep("validate", "blocked") == 3
    assert "validate: its figures were not kept for Prometheus: " in capsys.readouterr().err


def test_the_environment_is_a_label_where_there_are_several(
    world: World, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLOPS_ENV", "staging")
    world.write("config/staging.json", '{"model": {"name": "a\\"b\\\\\\n"}, "data": {}}')
    keep("validate", "passed")
    text = (world.root / "reports/metrics.prom").read_text()
    assert 'model_data_valid{model="a\\"b\\\\\\n",environment="staging"} 1.0\n' in text
    assert checked(text) == ""


def test_killed_anywhere_the_text_is_the_old_one_or_the_new_one(
    world: World, keep: Keep, programs: dict[str, ModuleType]
) -> None:
    folder, file = Path(str(programs["gauges"].__file__)).parent, world.root / "reports/metrics.prom"

    def check(score: float) -> None:
        keep("drift", "drift", checked=1764000000, drift_scores={"age": score}, drift_score=score)

    check(0.25)
    old = file.read_text()
    lines = length(folder, lambda: check(0.5))
    new = file.read_text()
    assert old != new
    deaths = 0
    for last in points(lines):
        check(0.25)
        assert file.read_text() == old
        deaths += killed(folder, lambda: check(0.5), last)
        assert file.read_text() in (old, new), f"killed at line {last} of {lines}"
    assert deaths >= 98
