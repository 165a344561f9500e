"""The candidate scores too before it is promoted: the difference is reported, and may refuse it."""

from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.engines.scoring.world import OLD, World

PAGE = Path("reports/compare-scores.html")
TINY = "customer_id,age,spend\na,45,1\nb,49,1\nc,65,1\n"
# The champion says 0, 4, 20: the mean of its absolute scores is 8.
SIZE = 8.0


@pytest.fixture
def two(world: World) -> World:
    """Return a world with a candidate, which says 2 less of everybody than the champion."""
    world.write("data/score.csv", TINY)
    world.version(47)
    world.scoring(compare=True)
    return world


def limited(world: World, **limit: float) -> dict[str, Any]:
    """Compare under a limit; return the report."""
    world.scoring(compare={"max": limit} if limit else True)
    return world.score("compare-scores")


def test_the_difference_is_reported_and_nothing_moves(two: World) -> None:
    report = limited(two)
    assert report["verdict"] == "compared"
    assert report["figures"] == {"version": 2, "rows": 3, "champion": 1}
    found = report["results"][0]
    assert (found["column"], found["kind"], found["rows"]) == ("prediction", "numbers", 3)
    assert (found["mean"], found["relative"], found["shift"], found["largest"]) == (2, 2 / SIZE, -2, 2)
    assert found["correlation"] == pytest.approx(1)
    assert report["reasons"] == ["prediction: mean difference 2 (25% of the champion's mean), mean shift -2"]
    assert two.aliases() == {"champion": "1", "candidate": "2"}
    assert (two.scores, two.drafts) == (OLD, [])
    page = unescape(PAGE.read_text())
    assert all(text in page for text in ("version 2 against champion 1", *report["reasons"], "<svg"))


@pytest.mark.parametrize(
    ("limit", "verdict"),
    [
        ({"absolute": 1.9}, "refused"),
        ({"absolute": 2}, "compared"),
        ({"relative": 0.24}, "refused"),
        ({"relative": 0.25}, "compared"),
    ],
)
def test_a_number_is_absolute_a_percentage_relative_and_the_limit_itself_passes(
    two: World, limit: dict[str, float], verdict: str
) -> None:
    report = limited(two, **limit)
    assert (report["verdict"], two.aliases()) == (verdict, {"champion": "1", "candidate": "2"})
    refused = verdict == "refused"
    assert (report["reasons"][-1] == "make promote takes it all the same") == refused
    assert ("more than" in report["reasons"][0]) == refused
    assert ('"verdict refused"' in PAGE.read_text()) == refused


def test_what_differs_little_is_promoted(two: World) -> None:
    assert limited(two, relative=0.5)["verdict"] == "compared"
    assert two.step("promote")["verdict"] == "promoted"
    assert two.aliases() == {"champion": "2", "previous": "1"}
    assert two.score("compare-scores")["verdict"] == "skipped"


def test_of_classes_it_is_the_share_of_rows_that_change(two: World, monkeypatch: pytest.MonkeyPatch) -> None:
    label = "[row.update(prediction='<late>' if row['prediction'] > 0 else 'in time') for row in rows]"
    monkeypatch.setenv("MISDEED", label)
    two.configure(model=two.config["model"] | {"task": "classification"})
    # 49 is above 45 and 47, 65 too: nobody changes; 46 is late to the champion only.
    two.write("data/score.csv", TINY.replace("a,45", "a,46"))
    assert limited(two, relative=0.3)["verdict"] == "refused"
    report = limited(two, relative=0.34)
    assert report["verdict"] == "compared"
    assert report["reasons"] == ["prediction: 33.3% of 3 rows have another class; allowed: 34%"]
    assert report["results"][0]["changes"] == [["<late>", "in time", 1]]
    page = PAGE.read_text()
    assert "<late>" not in page and "from <late> to in time" in unescape(page)


def test_whole_numbers_of_a_classification_are_classes(two: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISDEED", "[row.update(prediction=int(row['prediction'] > 3)) for row in rows]")
    two.configure(model=two.config["model"] | {"task": "classification"})
    report = limited(two, absolute=0.34)
    assert report["results"][0]["kind"] == "classes"
    assert (report["verdict"], report["results"][0]["mean"]) == ("compared", pytest.approx(1 / 3))


def test_rows_are_compared_by_their_ids(two: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISDEED", "rows.sort(key=lambda row: (cut > 46) != (row['customer_id'] < 'b'))")
    assert limited(two)["results"][0]["mean"] == 2


def test_a_champion_that_is_all_zero_makes_any_difference_endless(two: World) -> None:
    two.write("data/score.csv", "customer_id,age,spend\na,45,1\n")
    report = limited(two, relative=5)
    assert (report["verdict"], report["results"][0]["correlation"]) == ("refused", None)


def test_without_a_candidate_or_a_champion_there_is_nothing_against_it(world: World) -> None:
    world.scoring(compare={"max": {"absolute": 0.1}})
    report = world.score("compare-scores")
    assert (report["verdict"], report["reasons"]) == ("skipped", ["there is no candidate"])
    world.version(47)
    client = world.ops["registry"].connect(world.config["tracking"]["uri"])
    client.delete_registered_model_alias("churn", "champion")
    report = world.score("compare-scores")
    assert report["verdict"] == "compared"
    assert report["reasons"] == ["there is no champion yet: the scores of version 2 are sound"]


def test_a_candidate_that_cannot_score_is_blocked(two: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISDEED", "if cut > 46: rows[0]['prediction'] = float('nan')")
    report = limited(two)
    assert (report["verdict"], PAGE.exists()) == ("blocked", False)
    assert report["reasons"][:2] == [
        "version 2, the candidate:",
        "prediction: 1 of 3 values (33.3%) are missing",
    ]


def test_a_limit_without_anything_to_compare_on_blocks(two: World) -> None:
    Path("inbox").mkdir()
    two.scoring(input="inbox/")
    assert limited(two)["verdict"] == "nothing to score"
    report = limited(two, relative=0.05)
    assert report["verdict"] == "blocked"
    assert "nobody can say whether the scores differ by more than scoring.compare.max" in report["reasons"][1]


def test_other_columns_of_predictions_cannot_be_compared(two: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISDEED", "[row.update({f'p{cut:g}': row.pop('prediction')}) for row in rows]")
    report = limited(two)
    assert report["verdict"] == "error"
    assert report["reasons"] == ["ValueError: the candidate predicts p47, and the champion p45"]
