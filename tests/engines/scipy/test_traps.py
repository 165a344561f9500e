"""What a test cannot see is never "no drift"."""

import numpy as np
import pytest

from tests.engines.scipy.world import KS, World, normal

PLAN = {"columns": ["plan"], "method": "chi2", "p_value": 0.05}


def plans(rows: int, *shares: float, names: str = "basic pro team", seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).choice(names.split(), rows, p=shares)


def test_equal_data_is_no_drift(world: World) -> None:
    world.reference(age=normal(1000))
    world.arrive(age=normal(1000, seed=1))
    assert world.check()["verdict"] == "no drift"


def test_a_missing_column_is_broken(world: World) -> None:
    world.reference(age=normal(1000))
    world.arrive(years=normal(1000))
    report = world.check()
    assert report["verdict"] == "broken"
    assert report["reasons"] == ["age: the current data has no such column"]
    assert 'column="age"} +Inf' in world.read("reports/metrics.prom")


def test_a_column_that_the_reference_lacks_is_broken(world: World) -> None:
    world.reference(years=normal(1000))
    world.arrive(age=normal(1000))
    assert world.one()["reason"] == "age: the reference has no such column"


@pytest.mark.parametrize(
    "values", [[None] * 900, ["?"] * 900, [float("inf")] * 900], ids=["null", "text", "infinite"]
)
def test_a_column_without_numbers_is_broken(world: World, values: list[object]) -> None:
    world.reference(age=normal(1000))
    world.arrive(age=values, other=range(900))
    report = world.check()
    assert report["verdict"] == "broken"
    assert (
        "none of 900 rows of the current data has a value that can be read as number" in report["reasons"][0]
    )


def test_an_all_null_reference_is_broken(world: World) -> None:
    world.reference(age=[None] * 900, other=range(900))
    world.arrive(age=normal(1000))
    assert world.check()["verdict"] == "broken"


def test_too_few_rows_are_unknown_and_wait_for_more(world: World) -> None:
    world.reference(age=normal(1000))
    world.arrive("a.csv", age=normal(300, 3))
    report = world.check()
    assert report["verdict"] == "unknown"
    assert report["reasons"] == ["age: the current data has 300 rows, fewer than 500"]
    world.arrive("b.csv", age=normal(301, 3))
    assert world.one()["rows"] == [1000, 601]
    assert world.check()["verdict"] == "drift"


def test_too_few_rows_of_the_reference_are_unknown(world: World) -> None:
    world.reference(age=normal(499))
    world.arrive(age=normal(1000, 3))
    assert world.check()["verdict"] == "unknown"


def test_a_file_without_rows_is_unknown(world: World) -> None:
    world.reference(age=normal(1000))
    world.write("incoming/a.csv", "age\n")
    assert world.check()["verdict"] == "unknown"


def test_nothing_there_is_unknown(world: World) -> None:
    world.reference(age=normal(1000))
    report = world.check()
    assert (report["verdict"], report["results"]) == ("unknown", [])
    assert report["reasons"] == ["incoming/: there is nothing to compare yet"]


def test_few_values_among_many_nulls_are_not_judged(world: World) -> None:
    world.reference(age=normal(1000))
    world.arrive(age=[*normal(400), *[None] * 600], other=range(1000))
    ks, nulls = world.check()["results"]
    assert (ks["verdict"], ks["reason"]) == (
        "unknown",
        "age: the current data has 400 values, fewer than 500",
    )
    assert (nulls["method"], nulls["verdict"]) == ("nulls", "drift")


def test_more_nulls_are_drift_though_the_values_are_as_before(world: World) -> None:
    world.reference(age=[*normal(990), *[None] * 10], other=range(1000))
    world.arrive(age=[*normal(800, seed=1), *[None] * 200], other=range(1000))
    ks, nulls = world.check()["results"]
    assert (ks["verdict"], ks["nulls"]) == ("no drift", [10, 200])
    assert (nulls["verdict"], round(nulls["effect"], 6)) == ("drift", 0.19)


def test_values_that_cannot_be_read_are_counted_as_nulls_and_told(world: World) -> None:
    world.reference(age=normal(1000))
    world.arrive(age=[*normal(988), *["?"] * 12])
    report = world.check()
    assert report["reasons"] == ["age: 12 values of the current data cannot be read as number"]
    assert report["results"][0]["nulls"] == [0, 12]


def test_a_stuck_column_is_broken(world: World) -> None:
    # Most of the reference is near the value: the distance alone is small.
    world.reference(age=[0.0] * 900 + [0.1, 0.2] * 50)
    world.arrive(age=[0.0] * 1000)
    report = world.check()
    assert report["verdict"] == "broken"
    assert report["reasons"] == [
        "age: it is 0.0 in every row of the current data, but varies in the reference"
    ]


def test_a_rare_value_that_is_away_by_chance_is_no_fault(world: World) -> None:
    world.reference(age=[0] * 9990 + [1] * 10)
    world.arrive(age=[0] * 600)
    assert world.check()["verdict"] == "no drift"


@pytest.mark.parametrize("test", [KS, PLAN | {"columns": ["age"]}], ids=["ks", "chi2"])
def test_one_value_everywhere_says_nothing(world: World, test: dict[str, object]) -> None:
    world.tests(test)
    world.reference(age=[7] * 1000)
    world.arrive(age=[7] * 1000)
    report = world.check()
    assert report["verdict"] == "unknown"
    assert "in every row of both sides" in report["reasons"][0]


def test_another_constant_is_drift(world: World) -> None:
    for method in ({"method": "wasserstein", "above": 0.1}, {"method": "ks", "p_value": 0.05}):
        world.tests({"columns": ["age"]} | method)
        world.reference(age=[7] * 1000)
        world.arrive(age=[8] * 1000)
        assert world.check()["verdict"] == "drift"


def test_a_new_frequent_category_is_drift(world: World) -> None:
    world.tests(PLAN)
    world.reference(plan=plans(1000, 0.5, 0.3, 0.2))
    world.arrive(plan=plans(1000, 0.5, 0.3, 0.2, names="basic pro gold"))
    result = world.one()
    assert (result["verdict"], result["new_categories"]) == ("drift", ["gold"])


def test_a_new_rare_category_is_not_no_drift(world: World) -> None:
    world.tests(PLAN)
    world.reference(plan=plans(10_000, 0.5, 0.3, 0.2))
    world.arrive(plan=[*plans(995, 0.5, 0.3, 0.2), *["gold"] * 5])
    report = world.check()
    assert report["verdict"] == "unknown"
    assert report["reasons"] == ["plan: the reference knows nothing of: gold"]


def test_new_names_where_every_sample_has_some_are_no_drift(world: World) -> None:
    world.tests(PLAN | {"columns": ["town"]}, {"columns": ["town"], "method": "psi", "above": 0.2})
    towns = np.random.default_rng(0).zipf(1.5, 4000).astype(str)
    world.reference(town=["t" + town for town in towns[:3000]])
    world.arrive(town=["t" + town for town in towns[3000:]])
    assert world.check()["verdict"] == "no drift"


def test_nulls_are_a_category(world: World) -> None:
    world.tests(PLAN)
    world.reference(plan=plans(1000, 0.5, 0.3, 0.2), other=range(1000))
    world.arrive(plan=[*plans(700, 0.5, 0.3, 0.2), *[None] * 300], other=range(1000))
    assert world.one()["verdict"] == "drift"


def test_categories_are_equal_whatever_they_are_stored_as(world: World) -> None:
    world.tests(
        *({"columns": [name], "method": "psi", "above": 0.1} for name in ("level", "paid")),
        PLAN | {"columns": ["level"]},
    )
    world.config["data"]["types"] = {"paid": "boolean"}
    level, paid = (
        plans(1000, 0.5, 0.3, 0.2, names="1 2 3").astype(int),
        plans(1000, 0.4, 0.6, names="0 1").astype(int),
    )
    world.write(".mlops/reference.parquet", {"level": level, "paid": paid.astype(bool)})
    world.write(
        "incoming/a.csv", {"level": [*level.astype(float), None], "paid": [*np.where(paid, "True", "0"), "1"]}
    )
    assert world.check()["verdict"] == "no drift"


def test_a_namibian_is_no_null(world: World) -> None:
    world.config["data"]["types"] = {"land": "string"}
    world.tests(PLAN | {"columns": ["land"]})
    world.reference(land=plans(1000, 0.5, 0.5, names="NA DE"))
    world.arrive(land=plans(1000, 0.5, 0.5, names="NA DE", seed=1))
    assert world.one()["nulls"] == [0, 0]
    assert world.check()["verdict"] == "no drift"


def test_times_are_compared_as_numbers(world: World) -> None:
    world.config["data"]["types"] = {"seen": "timestamp"}
    world.tests(KS | {"columns": ["seen"]}, {"columns": ["seen"], "method": "wasserstein", "above": 1.0})
    days = np.arange("2026-01-01", "2027-01-01", dtype="datetime64[h]")
    world.reference(seen=days[:4000])
    world.arrive(seen=days[4000:8000])
    assert [each["verdict"] for each in world.check()["results"]] == ["drift", "drift"]


def test_a_damaged_file_is_an_error_that_names_it(world: World) -> None:
    world.tests(KS)
    world.write(".mlops/reference.parquet", "no parquet")
    world.arrive(age=normal(1000))
    report = world.check()
    assert report["verdict"] == "error"
    assert report["reasons"][0].startswith("MalformedError: .mlops/reference.parquet is not a parquet table")


def test_no_reference_is_an_error(world: World) -> None:
    world.arrive(age=normal(1000))
    assert world.check()["verdict"] == "error"


def test_a_column_that_some_files_lack_is_told(world: World) -> None:
    world.reference(age=normal(1000))
    world.arrive("a.csv", age=normal(1000, seed=1), other=range(1000))
    world.arrive("b.csv", other=range(1000))
    report = world.check()
    assert "age: 1 of 2 files of the current data lack the column" in report["reasons"]
    assert report["verdict"] == "drift"
