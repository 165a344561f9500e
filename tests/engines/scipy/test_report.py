"""What a check leaves: the page, the score, and the memory of what it looked at."""

import json
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from tests.engines.scipy.world import KS, World, normal

HOSTILE = [
    "</title><script>alert(1)</script>",
    'a"b\\c',
    "x & y",
    "it's",
    "naïve\u2028名",
    "new\nline",
    "{{ 7 * 7 }}",
    "a.b",
]


def drifted(world: World) -> None:
    world.reference(age=normal(1000), spend=normal(1000), plan=["a", "b"] * 500)
    world.arrive(age=normal(1000, 1), spend=normal(1000, seed=1), plan=["a", "b"] * 500)
    world.tests(KS | {"columns": ["age", "spend"]}, {"columns": ["plan"], "method": "chi2", "p_value": 0.05})


def test_the_page_is_well_formed_and_has_a_plot_of_each_column(world: World) -> None:
    drifted(world)
    world.check()
    page = ET.fromstring(world.read("reports/drift.html").removeprefix("<!DOCTYPE html>\n"))
    assert [svg.get("aria-label").split(":")[0] for svg in page.iter("svg")] == ["age", "spend", "plan"]
    assert [len(row) for row in page.iter("tr")] == [9] * 4
    assert all(
        "NaN" not in "".join(each.attrib.values()) and "nan" not in each.get("d", "") for each in page.iter()
    )


def test_the_page_loads_nothing(world: World) -> None:
    drifted(world)
    world.check()
    text = world.read("reports/drift.html")
    assert not [word for word in ("src=", "href=", "http", "url(", "@import", "<script") if word in text]
    assert len(text) < 30_000


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_hostile_names_stay_names(world: World, name: str, suffix: str) -> None:
    values = ["<b>", 'q"&', "c"] * 400
    world.config["data"]["format"] = suffix
    world.config["model"]["name"] = name
    world.tests(KS | {"columns": [name]}, {"columns": ["kind"], "method": "chi2", "p_value": 0.05})
    world.write(f"data/reference.{suffix}", {name: normal(1200), "kind": values})
    world.config["drift"]["reference"] = f"data/reference.{suffix}"
    world.write(f"incoming/a.{suffix}", {name: normal(1200, 2), "kind": values})
    report = world.check()
    assert [each["verdict"] for each in report["results"]] == ["drift", "no drift"]
    assert report["results"][0]["column"] == name
    page = ET.fromstring(world.read("reports/drift.html").removeprefix("<!DOCTYPE html>\n"))
    assert page.find("body/table/tbody/tr/td").text == name
    assert not list(page.iter("script"))
    lines = world.scores()
    escaped = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    assert lines[-1].startswith(f'model_drift_score{{model="{escaped}",column="{escaped}"}} 0.')


def test_the_score_is_the_largest_or_the_mean_of_the_numbers(world: World) -> None:
    drifted(world)
    world.check()
    lines = dict(line.rsplit(" ", 1) for line in world.scores())
    columns = [
        float(lines[f'model_drift_score{{model="churn",column="{name}"}}']) for name in ("age", "spend")
    ]
    assert len(lines) == 3
    assert float(lines['model_drift_score{model="churn"}']) == max(columns)
    world.tests(*world.config["drift"]["tests"], score={"statistic": "wasserstein", "across": "mean"})
    score = world.check()["figures"]["score"]
    assert 0.4 < score < 0.7


def test_a_column_that_is_unknown_has_no_score(world: World) -> None:
    world.reference(age=normal(1000))
    world.arrive(age=normal(100))
    world.check()
    assert world.scores() == []


def test_a_test_above_needs_more_than_its_limit(world: World) -> None:
    world.reference(age=np.arange(1000) / 100)
    world.arrive(age=np.arange(1000) / 100 + 0.25)
    world.tests(
        {"columns": ["age"], "method": "msd", "above": 0.07},
        {"columns": ["age"], "method": "msd", "above": 0.05},
    )
    first, second = world.check()["results"]
    assert (first["verdict"], second["verdict"]) == ("no drift", "drift")
    assert first["effect"] == pytest.approx(0.0625)
    assert second["reason"] == "age: msd 0.0625 is above 0.05"


def test_msd_joined_by_id_compares_row_with_row(world: World) -> None:
    by_id = {"columns": ["age"], "method": "msd", "above": 0.5, "pair": "id"}
    world.tests(by_id, by_id | {"pair": "quantile"})
    age = normal(2000)
    world.reference(customer_id=range(2000), age=age)
    world.arrive(customer_id=[float(number) for number in range(1999, -1, -1)], age=age[::-1])
    joined, quantiles = world.check()["results"]
    assert joined["effect"] == pytest.approx(0)
    assert quantiles["effect"] == 0
    world.arrive(customer_id=range(2000), age=age[::-1])
    joined, quantiles = world.check()["results"]
    assert joined["effect"] == pytest.approx(np.mean((age - age[::-1]) ** 2))
    assert (joined["verdict"], quantiles["verdict"]) == ("drift", "no drift")


def test_ids_that_do_not_meet_are_unknown(world: World) -> None:
    world.tests({"columns": ["age"], "method": "msd", "above": 0.5, "pair": "id"})
    world.reference(customer_id=range(1000), age=normal(1000))
    world.arrive(customer_id=range(900, 1900), age=normal(1000))
    assert world.one()["reason"] == "age: 100 rows of both sides have one customer_id, fewer than 500"


def test_samples_by_id_hold_the_same_ids(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.ops["drift_data"], "WHOLE", 10_000)
    monkeypatch.setattr(world.ops["drift_data"], "SAMPLE", 2_000)
    world.tests({"columns": ["age"], "method": "msd", "above": 0.5, "pair": "id"})
    world.reference(customer_id=range(20_000), age=normal(20_000))
    world.arrive(customer_id=range(20_000), age=normal(20_000) + 0.1)
    assert world.one()["effect"] == pytest.approx(0.01)


def test_only_what_came_since_the_last_check_is_compared(world: World) -> None:
    world.reference(age=normal(1000))
    world.arrive("a.csv", age=normal(600, 2))
    assert world.check()["verdict"] == "drift"
    world.arrive("b.csv", age=normal(700, seed=1))
    assert world.one()["rows"] == [1000, 700]
    assert world.check()["verdict"] == "no drift"
    world.arrive("a.csv", age=normal(800, seed=2))
    assert world.one()["rows"] == [1000, 800]


def test_the_same_files_give_the_same_verdict_again(world: World) -> None:
    drifted(world)
    first = world.check()
    page = world.read("reports/drift.html")
    assert world.check() == first
    assert world.read("reports/drift.html") == page


def test_what_was_refused_is_not_compared(world: World) -> None:
    world.reference(age=normal(1000))
    world.arrive("quarantine/a.csv", age=normal(1000, 9))
    assert world.check()["verdict"] == "unknown"


def test_a_run_killed_before_its_report_looks_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    drifted(world)
    with monkeypatch.context() as patch:
        patch.setattr(
            world.ops["drift"].Check, "remember", lambda _: (_ for _ in ()).throw(KeyboardInterrupt)
        )
        with pytest.raises(KeyboardInterrupt):
            world.check()
    assert world.check()["results"][0]["rows"] == [1000, 1000]


def test_a_path_given_by_hand_is_compared_and_not_remembered(world: World) -> None:
    drifted(world)
    world.write("elsewhere.csv", {"age": normal(800), "spend": normal(800), "plan": ["a", "b"] * 400})
    assert world.one("--current", "elsewhere.csv")["rows"] == [1000, 800]
    assert world.one()["rows"] == [1000, 1000]


def test_the_program_runs_as_a_user_runs_it(world: World) -> None:
    drifted(world)
    done = world.run(GITHUB_OUTPUT=str(world.root / "output"))
    assert (done.returncode, done.stderr) == (3, "")
    assert done.stdout.splitlines()[-1].startswith("drift: drift (tests 3, drift 1, score 0.")
    assert world.read("output") == "verdict=drift\nversion=\n"
    assert json.loads(world.read("reports/drift.json"))["verdict"] == "drift"


def test_an_error_leaves_no_page_of_an_earlier_run(world: World) -> None:
    drifted(world)
    world.check()
    world.write("incoming/b.csv", 'age,spend\n"1')
    assert world.check()["verdict"] == "error"
    assert not (world.root / "reports" / "drift.html").exists()


def test_a_look_at_other_files_says_nothing_of_production(world: World) -> None:
    drifted(world)
    world.check()
    before = world.read("reports/metrics.prom")
    world.write("other.csv", {"age": normal(1000, 3), "spend": normal(1000)})
    assert world.check("--current", "other.csv")["figures"]["score"] > 0.5
    assert world.read("reports/metrics.prom") == before
