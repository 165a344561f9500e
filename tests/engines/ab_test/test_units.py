"""Which rows of the log are of the test: one unit for each id, whoever answered it and however it is written."""

import importlib.util
from typing import Any

import pytest

from tests.engines.ab_test.world import DAY, TEMPLATES, Row, World


def row(name: Any, arm: str = "treatment", at: float = DAY, answer: Any = 1) -> Row:
    return {"at": at, "id": name, "arm": arm, "answer": answer}


def sample(world: World) -> Any:
    return world.look().looks[-1].sample


@pytest.fixture(params=["csv", "parquet"])
def each(request: pytest.FixtureRequest, world: World) -> World:
    """Return a world of either format."""
    world.suffix = request.param
    return world


def test_ids_that_both_versions_answered_are_left_out_and_counted(each: World) -> None:
    each.people()
    each.log("7", [row(10), row(9, at=2 * DAY), row(1, "control")])
    each.arrive()
    found = each.look()
    assert found.looks[0].sample.both == {"control": 0, "treatment": 2}
    assert found.looks[0].sample.kept == {"control": 1400, "treatment": 598}
    assert "2 ids were answered by both versions, and were left out" in found.reasons


def test_ids_of_the_treatment_that_only_the_old_version_answered_are_left_out(world: World) -> None:
    world.people()
    world.log("7", [row(5000), row(5001)])
    world.arrive()
    found = world.look()
    assert found.looks[0].sample.astray == {"control": 0, "treatment": 2}
    assert found.looks[0].sample.kept["treatment"] == 600
    assert found.control == "7"


def test_an_id_that_was_dealt_to_both_arms_is_left_out(world: World) -> None:
    world.people()
    world.log("7", [row(10, "control")])
    world.arrive()
    assert sample(world).both["treatment"] == 1


def test_the_first_answer_to_an_id_counts(each: World) -> None:
    each.test = {"metric": "accuracy", "better": "higher"}
    each.people(rates=(0.5, 0.5))
    each.log("7", [row(1, "control", at=0.0, answer=1 - each.outcomes[1])])
    each.log("7", [row(1, "control", at=3 * DAY, answer=1 - each.outcomes[1])] * 3)
    each.log("7", [row(2, "control", at=3 * DAY, answer=1 - each.outcomes[2])])
    each.arrive()
    found = each.look().looks[-1]
    assert sum(found.sample.known.values()) == 2000
    assert found.result.control == pytest.approx(1399 / 1400)


def test_rows_from_before_the_test_and_after_its_end_are_not_of_it(world: World) -> None:
    world.people()
    world.log("7", [row(10, at=-60.0)])
    world.log("8", [row(10_000, at=4 * DAY)])
    world.arrive()
    assert sample(world).dealt == {"control": 1400, "treatment": 600}
    assert not sum(sample(world).both.values())


def test_ids_are_compared_as_text_whatever_they_are_stored_as(each: World) -> None:
    each.people()
    each.kind = "string"
    each.log("8", [row("2001.0"), row(" 2002 "), row("0003")])
    each.log("7", [row(None, "control"), row("2004", "")])
    # Beside a gap, a table of whole numbers holds floats.
    each.arrive({float(name): value for name, value in each.outcomes.items()} | {2001.0: 1, 2002.0: 0})
    found = each.look()
    assert found.looks[0].sample.kept == {"control": 1400, "treatment": 603}
    assert found.looks[0].sample.known == {"control": 1400, "treatment": 602}
    assert "2 rows of the log have no id or no arm, and were left out" in found.reasons


def test_large_whole_numbers_beside_nothing_are_not_bent(world: World) -> None:
    world.suffix = "parquet"
    world.people(count=1000)
    large = 2**53 + 1
    world.log("8", [row(large), row(None), row(large - 1)])
    world.arrive(world.outcomes | {large: 1, large - 1: 0})
    assert sample(world).known["treatment"] == 302


@pytest.mark.parametrize("value", ["7", "7.0", " 7 ", "007", "-3.000", "7.5", "1e5", "a.0", "", "٣", "7.0\n"])
def test_ids_are_named_as_the_service_names_them(world: World, value: str) -> None:
    import pandas as pd

    spec = importlib.util.spec_from_file_location("arms", TEMPLATES / "serving/serving/arms.py")
    assert spec and spec.loader
    arms = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(arms)
    assert world.ops["ab_ids"].names(pd.Series([value])).tolist() == [arms.name_of(value)]


def test_the_last_outcome_of_an_id_counts(each: World) -> None:
    each.people(rates=(0.0, 0.5))
    each.arrive()
    folder = each.root / "data/outcomes"
    folder.mkdir()
    (each.root / f"data/outcomes.{each.suffix}").rename(folder / f"a.{each.suffix}")
    each.arrive(dict.fromkeys(range(1, 701), 1))
    (each.root / f"data/outcomes.{each.suffix}").rename(folder / f"b.{each.suffix}")
    each.place = "data/outcomes"
    assert each.look().looks[0].result.control == pytest.approx(490 / 1400)


def test_outcomes_without_a_value_have_not_arrived(each: World) -> None:
    each.people()
    each.arrive(each.outcomes | dict.fromkeys(range(1, 11)))
    assert sample(each).known == {"control": 1393, "treatment": 597}


def test_another_version_has_answered_nobody(world: World) -> None:
    world.people()
    world.arrive()
    found = world.look(version="9")
    assert found.verdict == "undecided"
    assert found.looks[0].sample.astray["treatment"] == 600


def test_a_log_without_files_is_an_error(world: World) -> None:
    assert "FileNotFoundError: no csv file matches" in world.command()["reasons"][0]
    assert world.command()["verdict"] == "error"


def test_a_log_without_rows_of_the_test_is_undecided(each: World) -> None:
    each.log("7", [row(1, "control", at=-DAY)])
    found = each.look()
    assert (found.verdict, found.control) == ("undecided", "")


def test_a_log_without_arms_is_an_error_that_names_the_file(each: World) -> None:
    each.people(count=100)
    for file in (each.root / "logs").iterdir():
        if each.suffix == "csv":
            file.write_text(file.read_text().replace(",arm,", ",leg,", 1))
        else:
            import pandas as pd

            pd.read_parquet(file).drop(columns="arm").to_parquet(file)
    told = each.command()["reasons"][0]
    assert f".{each.suffix} has no column arm: its image is from before the A/B test" in told


@pytest.mark.parametrize(
    ("content", "said"),
    [("a,b\n1,2\n", "is no table of outcomes: it has no column"), ("", "is not a csv table")],
)
def test_what_is_no_table_of_outcomes_is_an_error(world: World, content: str, said: str) -> None:
    world.people(count=100)
    world.arrive()
    (world.root / "data/outcomes.csv").write_text(content)
    assert said in world.command()["reasons"][0]


def test_a_metric_that_the_answers_do_not_allow_is_an_error(world: World) -> None:
    world.test = {"metric": "accuracy", "better": "higher"}
    world.log("7", [row(1, "control", answer={"low": 1, "high": 2})])
    told = world.command()["reasons"][0]
    assert "accuracy needs a class in the column prediction" in told
    assert "prediction_low, prediction_high" in told


def test_a_probability_is_found_where_the_answer_has_parts(world: World) -> None:
    world.test = {"metric": "log_loss", "better": "lower"}
    sure = {1: [0.1, 0.9], 0: [0.9, 0.1]}
    people = [(name, name % 2) for name in range(1, 1001)]
    world.log("7", [row(name, "control", answer=[0.5, 0.5]) for name, _ in people if name % 10 < 7])
    world.log("8", [row(name, answer=sure[churned]) for name, churned in people if name % 10 >= 7])
    world.arrive(dict(people))
    found = world.look().looks[-1]
    assert (found.result.control, found.result.treatment) == pytest.approx((0.693147, 0.105361), abs=1e-6)


def test_of_a_million_rows_no_more_are_kept_than_their_ids_take(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    import numpy as np
    import pandas as pd

    count, ids = 1_000_000, 20_000
    names = np.arange(count) % ids
    treated = names % 10 >= 7
    frame = pd.DataFrame(
        {
            "timestamp": pd.Timestamp("2026-11-20", tz="UTC") + pd.to_timedelta(np.arange(count) * 0.3, unit="s"),
            "version": np.where(treated, "8", "7"), "customer_id": names,
            "arm": np.where(treated, "treatment", "control"), "prediction": 1,
        }
    )  # fmt: skip
    world.suffix = "parquet"
    (world.root / "logs").mkdir()
    frame.to_parquet(world.root / "logs/a.parquet")
    del frame
    world.arrive({name: name % 2 for name in range(ids)})
    held = list[int]()
    units = world.ops["ab_units"]
    joined = units._joined
    monkeypatch.setattr(units, "WAITING", 40_000)
    monkeypatch.setattr(units, "_joined", lambda parts: held.append(sum(map(len, parts))) or joined(parts))
    found = world.look()
    assert sum(found.looks[0].sample.kept.values()) == ids
    # A chunk holds 20,000 ids: never more than those that wait, one more chunk, and the ids themselves.
    assert max(held) <= 40_000 + 2 * ids
    assert len(held) > 3
