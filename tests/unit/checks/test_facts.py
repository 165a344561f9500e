"""What is said of the figures of a spec: true, in one sentence each."""

from pathlib import Path

import pytest
from mlopsc.checks.statistics.facts import facts
from mlopsc.source.extends import load
from mlopsc.spec import parse
from mlopsc.spec.tags import lost
from mlopsc.spec.walk import dotted

from tests.unit.checks.saying import PIPELINE, document

NORTH_STAR = Path(__file__).parents[2] / "data" / "north-star"
IN = "data: {path: a.csv, incoming: in/}\n"


def meant(fragment: str) -> list[str]:
    return [f"{dotted(fact.path)}: {fact.text}" for fact in facts(parse(document(fragment)))]


def test_the_north_star() -> None:
    read = load("churn.yaml", lambda path: (NORTH_STAR / path).read_bytes(), lost)
    assert [f"{dotted(fact.path)}: {fact.text}" for fact in facts(parse(read))] == [
        "drift: 5 tests every 6 hours with fdr_bh at 0.05: about 2.2 false alarms per month without any drift, "
        "with 500 rows against 1000 or as many",
        "drift.tests[0]: with 500 rows against 1000, a shift of 0.31 sd (KS 0.12) is found at 80% power or more",
        "drift.tests[1]: with 500 rows against 1000, a change of 12 points in a category's share is found at "
        "about 80% power",
        "drift.tests[2]: with 500 rows against 1000, a shift of 0.52 sd (PSI 0.25) is found at about 80% power; "
        "`spend_90d` taken as numbers",
        "drift.tests[3]: with 500 rows against as many, a shift of 0.32 sd (KS 0.13) is found at 80% power or more",
        "registry.gate[1]: it takes 16,800 rows that are positive or predicted so to tell 0.005 from chance "
        "(f1 0.9 assumed); the 1000 of `validation.rows.min` tell 0.02 at best",
        "deployment: a version with twice the allowed errors (2%) is promoted with probability less than 0.000001%, a "
        "sound one (0.5%) is rolled back with 5.6%: 36,000 copied requests in 30m (which the bad one passes with "
        "less than 0.000001%), then 600, 3,000 and 6,000 requests of the canary in three steps of 10m (3.1%, 0.00088% "
        "and less than 0.000001%)",
    ]


TESTS = [
    (
        "{columns: [age], method: ks, p_value: 0.05}",
        "drift: 1 test every day at 00:00 with fdr_bh at 0.05: fewer than 0.01 false alarms per month without any "
        "drift, with 500 rows against a large reference",
        "drift.tests[0]: with 500 rows against a large reference, a shift of 0.30 sd (KS 0.12) is found at 80% power "
        "or more",
    ),
    (
        "{columns: [age], method: wasserstein, above: 0.1}",
        "drift: 1 test every day at 00:00: about 0.76 false alarms per month or more without any drift, with 500 rows "
        "against a large reference",
        "drift.tests[0]: with 500 rows against a large reference, a shift of 0.14 sd is found at 80% power or more",
    ),
    (
        "{columns: [age], method: psi, above: 40}",
        "drift: 1 test every day at 00:00: fewer than 0.01 false alarms per month without any drift, with 500 rows "
        "against a large reference",
        "drift.tests[0]: with 500 rows against a large reference, no shift below 3 sd is found at about "
        "80% power; `age` taken as numbers",
    ),
    (
        "{columns: [plan], method: chi2, p_value: 0.05}",
        "drift: 1 test every day at 00:00 with fdr_bh at 0.05: about 0.54 false alarms per month without any "
        "drift, with 500 rows against a large reference",
        "drift.tests[0]: with 500 rows against a large reference, a change of 10 points in a category's share is found "
        "at about 80% power; `plan` taken as 10 categories",
    ),
]


@pytest.mark.parametrize(("test", "alarms", "shift"), TESTS, ids=["ks", "wasserstein", "psi", "chi2"])
def test_each_method(test: str, alarms: str, shift: str) -> None:
    assert meant(f"{IN}drift: {{tests: [{test}]}}") == [alarms, shift]


def test_categories_that_are_declared() -> None:
    columns = "validation: {columns: {plan: {in: [a, b]}, vip: {type: boolean}, city: {type: string}}}\n"
    tests = "drift: {tests: [{columns: [plan, vip, city], method: psi, above: 0.1}]}"
    assert meant(IN + columns + tests)[1] == (
        "drift.tests[0]: with 500 rows against a large reference, a change of 18 points in a category's share (PSI 0.13) "
        "is found at about 80% power; `city` taken as 10 categories"
    )


def test_what_has_no_known_unit_is_not_counted() -> None:
    tests = "drift: {tests: [{columns: [a], method: msd, above: 1}, {columns: [a], method: psi, above: 0.2}]}"
    assert meant(IN + tests)[0].endswith("; `msd` is not counted: its unit is the column's own")
    assert meant(IN + "drift: {tests: [{columns: [a], method: msd, above: 1}]}") == []


GATES = [
    (
        "{metric: accuracy, improves_on: champion, by: 0.01}",
        "it takes 6,920 rows to tell 0.01 from chance (accuracy 0.9 assumed)",
    ),
    (
        "{metric: accuracy, min: 70%, improves_on: champion}",
        "any improvement passes, and it takes 16,200 rows to tell 0.01 from chance (accuracy 0.7)",
    ),
    (
        "{metric: test.recall, improves_on: champion, by: 5%}",
        "it takes 342 positive rows to tell 0.045 from chance (test.recall 0.9 assumed)",
    ),
]


@pytest.mark.parametrize(("gate", "said"), GATES)
def test_an_improvement(gate: str, said: str) -> None:
    assert meant(f"{PIPELINE}registry: {{gate: [{gate}]}}") == [f"registry.gate[0]: {said}"]


def test_what_cannot_be_known_is_not_said() -> None:
    gate = (
        "[{metric: rmse, improves_on: champion, by: 2%}, {metric: roc_auc, improves_on: champion, by: 0.01}]"
    )
    assert meant(f"{PIPELINE}registry: {{gate: {gate}}}") == []
    assert meant(f"{IN}drift: {{tests: [{{metric: accuracy, drops_by: 0.05}}]}}") == []


def test_a_house_says_nothing() -> None:
    house = (
        "version: 1\nmodels: ../*/mlops.yaml\ndrift: {tests: [{columns: [age], method: ks, p_value: 0.05}]}\n"
    )
    assert meant(house) == []
