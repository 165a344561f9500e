"""How alike two versions answered, from logs that the service's own writer wrote; and what is never fine."""

import math
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.engines.shadow.world import NOW, World

LABELS = ["stay", "leave"] * 10
NUMBERS = [0.1 * number for number in range(20)]


@pytest.fixture(params=["csv", "parquet"])
def each(request: pytest.FixtureRequest, world: World) -> World:
    """Return a world of either format."""
    world.suffix = request.param
    return world


def test_labels_are_alike_or_not(each: World) -> None:
    each.logged("7", LABELS)
    each.logged("8", ["stay"] * 12 + LABELS[12:])
    report = each.compare()
    assert report["figures"] == {"version": 8, "compared": 20, "agreement": 0.7}
    (column,) = report["results"]
    assert (column["kind"], column["agreement"], column["lost"]) == ("labels", 0.7, 0)
    assert column["changes"] == [{"before": "leave", "after": "stay", "count": 6}]
    assert column["largest"][0] == {"request_id": "r-1", "row": "0", "before": "leave", "after": "stay"}
    assert "70.00% of these were answered alike" in report["reasons"]


def test_numbers_differ_by_so_much(each: World) -> None:
    each.task = "regression"
    each.logged("7", NUMBERS)
    each.logged(
        "8",
        [value + (2.0 if place == 3 else 0.25 if place > 9 else 0.0) for place, value in enumerate(NUMBERS)],
    )
    (column,) = each.compare()["results"]
    assert (column["kind"], column["agreement"]) == ("numbers", 0.45)
    assert (column["max"], column["p95"]) == pytest.approx((2.0, 0.3375))
    assert column["mean"] == column["bias"] == pytest.approx(4.5 / 20)
    assert column["largest"][0]["request_id"] == "r-3"


def test_numbers_that_fall(world: World) -> None:
    world.task = "regression"
    world.logged("7", NUMBERS)
    world.logged("8", [value - 0.5 for value in NUMBERS])
    (column,) = world.compare()["results"]
    assert (column["mean"], column["bias"]) == pytest.approx((0.5, -0.5))


def test_the_last_digits_of_a_sum_are_no_difference(each: World) -> None:
    each.task = "regression"
    each.logged("7", NUMBERS)
    each.logged("8", [math.nextafter(value, 9.0) for value in NUMBERS])
    assert each.compare()["figures"]["agreement"] == 1.0


@pytest.mark.parametrize(("task", "kind"), [("classification", "labels"), ("regression", "numbers")])
def test_whole_numbers_are_classes_or_amounts(each: World, task: str, kind: str) -> None:
    each.task = task
    each.logged("7", [0, 1] * 10)
    each.logged("8", [0.0, 1.0] * 10)
    report = each.compare()
    assert (report["results"][0]["kind"], report["figures"]["agreement"]) == (kind, 1.0)


def test_probabilities_of_a_classifier_are_numbers(world: World) -> None:
    world.logged("7", [{"prediction_0": 0.25, "prediction_1": 0.75}] * 8)
    world.logged("8", [{"prediction_0": 0.5, "prediction_1": 0.5}] * 8)
    report = world.compare()
    assert [column["kind"] for column in report["results"]] == ["numbers", "numbers"]
    assert report["figures"]["agreement"] == 0.0


def test_an_answer_of_several_parts_is_alike_when_all_are(world: World) -> None:
    world.logged("7", [{"prediction_a": "x", "prediction_b": "y"}] * 4)
    world.logged("8", [{"prediction_a": "x", "prediction_b": word} for word in "yyyz"])
    assert world.compare()["figures"]["agreement"] == 0.75


def test_only_what_both_answered_counts(each: World) -> None:
    each.logged("6", LABELS[:5])
    each.logged("7", LABELS[5:], first=5)
    each.logged("8", LABELS[:15], first=3)
    report = each.compare()
    assert report["figures"]["compared"] == 15
    assert (
        report["reasons"][0] == "version 8 answered 15 rows, version 6 and version 7 answered 15 of them too"
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ([], [], "too few"),
        (LABELS, [], "is it mirrored"),
        ([], LABELS, "was it mirrored"),
        (LABELS[:3], LABELS, "3 are too few to say anything, 4 are asked for"),
    ],
)
def test_too_little_in_common_is_no_data(each: World, old: list[str], new: list[str], said: str) -> None:
    each.logged("7", ["there is a log, of others"], first=900)
    each.logged("7", old)
    each.logged("8", new)
    report = each.compare()
    assert report["verdict"] == "no data"
    assert said in "\n".join(report["reasons"])


def test_other_requests_are_not_compared(world: World) -> None:
    world.logged("7", LABELS, first=100)
    world.logged("8", LABELS)
    report = world.compare()
    assert (report["verdict"], report["figures"]) == ("no data", {"version": 8, "compared": 0})


@pytest.mark.parametrize("nothing", [math.nan, math.inf, None])
def test_numbers_that_are_none_are_doubtful(each: World, nothing: Any) -> None:
    each.task = "regression"
    each.logged("7", NUMBERS)
    each.logged("8", [NUMBERS[0], nothing, *NUMBERS[2:]])
    report = each.compare()
    assert (report["verdict"], report["results"][0]["lost"]) == ("doubtful", 1)
    assert report["figures"]["agreement"] == 0.95
    assert report["results"][0]["max"] == 0.0
    assert {"request_id": "r-1", "row": "0", "before": 0.1, "after": None, "distance": None} in report[
        "results"
    ][0]["largest"]


def test_labels_that_are_none_are_doubtful(each: World) -> None:
    each.logged("7", LABELS)
    each.logged("8", [*LABELS[:-1], None])
    report = each.compare()
    assert (report["verdict"], report["results"][0]["lost"]) == ("doubtful", 1)


def test_the_same_row_twice_counts_once(each: World) -> None:
    for version in ("7", "8", "8", "7"):
        each.logged(version, LABELS)
    report = each.compare()
    assert (report["verdict"], report["figures"]["compared"]) == ("done", 20)
    assert report["reasons"][0].startswith("version 8 answered 20 rows")


@pytest.mark.parametrize("who", ["7", "8"])
def test_two_answers_of_one_version_to_one_request_are_doubtful(each: World, who: str) -> None:
    each.logged("7", LABELS)
    each.logged("8", LABELS)
    each.logged(who, ["elsewhere"] * 2)
    report = each.compare()
    assert (report["verdict"], report["figures"]["compared"]) == ("doubtful", 18)
    assert (
        "2 of 20 rows were answered twice, differently, by one version, and were left out"
        in report["reasons"]
    )


def test_one_id_for_different_requests_is_doubtful(each: World) -> None:
    each.logged("7", LABELS)
    each.logged("8", LABELS, plan="another")
    report = each.compare()
    assert (report["verdict"], report["figures"]["compared"]) == ("doubtful", 0)
    assert "20 of 20 rows have one id and other inputs" in "\n".join(report["reasons"])


def test_a_few_ids_that_were_used_twice_are_told_and_no_more(world: World) -> None:
    world.logged("7", ["stay"] * 300)
    world.logged("8", ["stay"] * 300)
    world.logged("8", ["leave"], first=7, age=99)
    report = world.compare()
    assert (report["verdict"], report["figures"]["compared"]) == ("done", 299)
    assert "1 of 300 rows were answered twice" in "\n".join(report["reasons"])


def test_an_input_that_became_a_fraction_is_the_same(world: World) -> None:
    world.logged("7", LABELS[:4], age=1)
    world.logged("8", LABELS[:4], age=1.0)
    assert world.compare()["verdict"] == "done"


def test_other_answers_are_doubtful(each: World) -> None:
    each.logged("7", LABELS)
    each.logged("8", [{"prediction_0": 0.5, "prediction_1": 0.5}] * 20)
    report = each.compare()
    assert report["verdict"] == "doubtful"
    assert "only one of both has the answer prediction_0" in report["reasons"]
    assert report["figures"]["agreement"] == 0.0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is not a {} table"),
        (b"a,b\n1,2\n", "{}"),
        (b'request_id,row,version,prediction\n"r-1', "{}"),
        (b"\xff\xfe\x00PAR1", "is not a {} table"),
    ],
)
def test_what_is_no_log_is_an_error_that_names_the_file(each: World, content: bytes, said: str) -> None:
    each.logged("7", LABELS)
    each.logged("8", LABELS)
    (each.root / f"logs/notes.{each.suffix}").write_bytes(content)
    report = each.compare()
    assert report["verdict"] == "error"
    assert f"notes.{each.suffix}" in report["reasons"][0]
    assert said.format(each.suffix) in report["reasons"][0]


def test_a_log_of_another_format_is_not_there(world: World) -> None:
    world.logged("8", LABELS)
    world.suffix = "parquet"
    report = world.compare()
    assert report["verdict"] == "error"
    assert "no parquet file matches" in report["reasons"][0]


def test_rows_without_a_name_are_nobody_s(world: World) -> None:
    for version in ("7", "8"):
        world.logged(version, LABELS, request_id="")
    assert world.compare()["verdict"] == "no data"


def test_only_recent_files_are_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in ("7", "8"):
        world.logged(version, LABELS)
    later = NOW + timedelta(days=3)
    assert world.compare(now=later)["verdict"] == "no data"
    monkeypatch.setenv("SINCE", f"{NOW:%Y-%m-%dT%H:%M}")
    assert world.compare(now=later)["verdict"] == "done"
    monkeypatch.setenv("SINCE", "yesterday")
    assert "SINCE='yesterday' is no time" in world.compare()["reasons"][0]


def test_without_a_mirror_or_a_version_it_is_an_error(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.mirrors = False
    assert "the environment mirrors no traffic" in world.compare()["reasons"][0]
    monkeypatch.setenv("VERSION", "eight")
    assert "say which version" in world.compare()["reasons"][0]


def test_the_page_is_well_formed_and_runs_nothing(each: World) -> None:
    each.logged("7", ["<script>alert(1)</script>", *LABELS])
    each.logged("8", ["&", *LABELS])
    each.compare()
    page = each.page()
    assert "<script" not in page and "&lt;script&gt;" in page
    root = ElementTree.fromstring(page.partition("\n")[2])
    assert root.find("body/h1/span").text == "done"  # type: ignore[union-attr]


def test_the_page_draws_numbers(world: World) -> None:
    world.task = "regression"
    world.logged("7", NUMBERS)
    world.logged("8", [value * 2 for value in NUMBERS])
    world.compare()
    drawn = ElementTree.fromstring(world.page().partition("\n")[2]).iter("circle")
    assert len(list(drawn)) == len(NUMBERS)


def test_an_old_page_does_not_stay(world: World) -> None:
    for version in ("7", "8"):
        world.logged(version, LABELS)
    world.compare()
    (world.root / "logs/notes.csv").write_bytes(b"")
    assert world.compare()["verdict"] == "error"
    assert not (world.root / "reports/compare-shadow.html").exists()
