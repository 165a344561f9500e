"""What an A/B test is planned with, and that each proposal would do."""

import re
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mlopsc.checks.statistics.experiment import Planned, planned
from mlopsc.checks.statistics.experiment_words import meaning
from mlopsc.cli.resolved import _Printer
from mlopsc.resolve import model_of, views_of
from mlopsc.spec import parse
from mlopsc.spec.units.figures import Change

from tests.unit.checks.saying import document, found

ROOT = Path(__file__).parents[3]
REST = """\
data: {{path: data/customers.csv, id: customer_id}}
outcomes: {{path: data/outcomes.csv, id: customer_id, value: spent, delay: 30d}}
metrics: {{spent: {{better: higher}}}}
pipeline: {{stages: {{train: {{cmd: t, deps: [data/customers.csv], outs: [models/model], metrics: [m.json]}}}}}}
registry: {{gate: [{gate}]}}
environments: {{staging: {{deployment: {{strategy: rolling}}, cluster: {{context: stg}}}}, production: {{cluster: {{context: prd}}}}}}
deployment: {{strategy: canary, provider: istio, steps: [50%], hold: 30d}}
serving:
  {{image: acme/churn, inputs: {{age: integer}}, slo: {{error_rate: 1%}}, traffic: {traffic},
    prediction_log: {{path: 's3://acme/log/'}}}}
ab_test: {{{test}}}
"""
ACCURACY = "{metric: accuracy, min: 0.8}"
TEST = "traffic: 10%, for: 7d, metric: accuracy"


def of(test: str, gate: str = ACCURACY, traffic: str = "20/s") -> Planned:
    known = planned(parse(document(REST.format(test=test, gate=gate, traffic=traffic))))
    assert known
    return known


def hint(test: str, traffic: str) -> str | None:
    """Return what is proposed for a test that is refused."""
    said = found(REST.format(test=test, gate=ACCURACY, traffic=traffic))
    return next((d.hint for d in said if d.code == "M360"), None)


@settings(deadline=None, max_examples=60)
@given(
    share=st.integers(1, 90),
    days=st.integers(1, 60),
    metric=st.sampled_from(["accuracy", "f1", "recall", "roc_auc", "rmse", "mae", "spent", "r2", "log_loss"]),
    margin=st.sampled_from(["", ", improves_by: 1%", ", improves_by: 2.5%"]),
    traffic=st.sampled_from(["1/h", "10/h", "40/h", "2/m", "1/s"]),
    looks=st.sampled_from([1, 1, 3]),
    floor=st.sampled_from(["", ", min_sample: 2000"]),
)
def test_each_way_that_is_proposed_would_do(
    share: int, days: int, metric: str, margin: str, traffic: str, looks: int, floor: str
) -> None:
    test = f"traffic: {share}%, for: {days}d, metric: {metric}{margin}, looks: {looks}{floor}"
    proposed = hint(test, traffic)
    assume(proposed is not None)
    ways = re.findall(r"`(for|traffic|effect): ([^`]+)`", proposed or "")
    if proposed and " and " in proposed:
        both = test
        for key, value in ways:
            both = re.sub(rf"{key}: [^,]+", f"{key}: {value}", both)
        assert hint(both, traffic) is None
        return
    for key, value in ways:
        other = (
            f"{test}, effect: {value}"
            if key == "effect"
            else re.sub(rf"\b{key}: [^,]+", f"{key}: {value}", test)
        )
        assert hint(other, traffic) is None, (test, traffic, key, value)


def test_a_little_less_than_what_is_proposed_would_not_do() -> None:
    assert hint(TEST, "20/h") == "write `for: 14d`, `traffic: 25%` or `effect: 7.5%`"
    for less in (TEST.replace("7d", "10d"), TEST.replace("10%", "20%"), f"{TEST}, effect: 5%"):
        assert hint(less, "20/h")


def test_only_both_together() -> None:
    assert (
        hint("traffic: 1%, for: 1d, metric: accuracy, improves_by: 11%", "4/h")
        == "write `for: 4d` and `traffic: 50%`"
    )


def test_the_sample_of_each_arm_is_what_power_asks_for() -> None:
    known = of(f"{TEST}, looks: 3, improves_by: 1%, effect: 4%")
    sample = known.experiment.sample
    assert sample["treatment"] == known.needed()
    assert sample["control"] == pytest.approx(9 * sample["treatment"], abs=10)
    exact = sample["treatment"] / 0.1
    arms, test = known.plan.arms, known.experiment
    assert arms and arms.power(exact, test.alpha, test.looks) >= test.power
    assert arms.power(exact - 20, test.alpha, test.looks) < test.power


def test_a_sample_of_the_spec_is_that_of_both_arms() -> None:
    assert of(f"{TEST}, min_sample: 77").experiment.sample == {"control": 77, "treatment": 77}


def test_no_verdict_of_a_handful() -> None:
    assert of(f"{TEST}, effect: 24%").experiment.sample["treatment"] == 100


LEVELS = [
    ("accuracy", ACCURACY, 0.8),
    ("accuracy", "{metric: test.accuracy, min: 75%}", 0.75),
    ("f1", ACCURACY, 0.9),
    ("mae", "{metric: mae, max: 12}", 12.0),
    ("mae", "{metric: mae, improves_on: champion}", None),
    ("rmse", ACCURACY, None),
]


@pytest.mark.parametrize(("metric", "gate", "level"), LEVELS)
def test_what_a_metric_is_now(metric: str, gate: str, level: float | None) -> None:
    assert of(f"traffic: 10%, for: 7d, metric: {metric}", gate).plan.level == level


def test_a_level_that_leaves_no_room_is_not_assumed() -> None:
    assert of("traffic: 10%, for: 7d, metric: f1, effect: 10%").plan.level == 0.9
    assert of("traffic: 10%, for: 7d, metric: f1, effect: 12%").plan.level == 0.5


def test_a_smaller_arm_may_be_the_control() -> None:
    few, many = of("traffic: 20%, for: 7d, metric: mae"), of("traffic: 80%, for: 7d, metric: mae")
    assert few.smaller == pytest.approx(many.smaller) == pytest.approx(0.2)
    assert few.ids() == many.ids() == 20 * 7 * 86400


def test_guardrails_have_buckets_of_their_own() -> None:
    text = REST.format(test=f"{TEST}, guardrails: {{latency_p99: 730ms}}", gate=ACCURACY, traffic="20/s")
    made = model_of(views_of(document(text)), "mlops.yaml")
    assert made.serving and 0.73 in made.serving.buckets
    assert list(made.experiments) == ["production"]
    assert made.experiments["production"].guardrails == {"error_rate": 0.01, "latency_p99": 0.73}


def test_what_is_shown() -> None:
    views = views_of(document(REST.format(test=f"{TEST}, improves_by: 1%", gate=ACCURACY, traffic="20/s")))
    staging, production = ("\n".join(_Printer(view, True).lines()) for view in views[1:])
    assert "ab_test" not in staging
    assert (
        "ab_test:  # finds `accuracy` 0.816 instead of 0.8 (the gate's bound), beyond the margin of 1%, with"
        in production
    )
    assert "effect: '2%'  # default: twice `improves_by`, or 5%" in production
    assert "experiment: churn  # default: the model's name" in production


def test_the_readme_shows_what_is_said() -> None:
    readme = " ".join((ROOT / "README.md").read_text("utf-8").split("## A/B tests")[1].split())
    known = of("traffic: 10%, for: 7d, metric: f1, improves_by: 1%")
    assert f"ab_test: {meaning(known)}" in readme
    refused = (ROOT / "tests" / "rejected" / "M360" / "too_few_ids.txt").read_text("utf-8")
    *_, text = refused.split("error[M360] ")
    message, _, rest = text.partition(" outcomes to find ")
    assert message in readme
    assert " ".join(rest.partition("\n")[2].partition("\n\n")[0].split()) in readme


@pytest.mark.parametrize(
    ("test", "effect"), [("", "5%"), (", improves_by: 2.5%", "5%"), (", improves_by: 0.005", 0.01)]
)
def test_the_default_of_the_effect(test: str, effect: str | float) -> None:
    known = of(TEST + test)
    wanted = Change.read(effect)
    assert known.plan.effect == {"relative" if wanted.relative else "absolute": pytest.approx(wanted.amount)}


@settings(deadline=None, max_examples=150)
@given(
    share=st.sampled_from(["0.000001%", "1%", "50%", "99.999999%", "100%"]),
    metric=st.sampled_from(["accuracy", "f1", "roc_auc", "r2", "mae", "rmse", "spent", "ndcg"]),
    effect=st.one_of(
        st.none(), st.sampled_from([1e-300, 1e300, 0.5, 7.0, "0.000001%", "999999%", "1%", "100%"])
    ),
    margin=st.one_of(st.none(), st.sampled_from([1e-300, 1e300, 0.2, 5.0, "0.000001%", "999999%", "1%"])),
    baseline=st.one_of(st.none(), st.sampled_from([-3, 0, 1e-300, 1e300, 0.5, 1, "5%", "999999%", "0%"])),
    alpha=st.sampled_from([1e-9, 0.05, 0.4999, 0.99]),
    power=st.sampled_from([1e-9, 0.051, 0.8, 0.999999]),
    looks=st.sampled_from([1, 2, 3, 1000]),
    days=st.sampled_from([1, 99999]),
    traffic=st.sampled_from(["0.001/h", "99999999/s"]),
)
def test_no_figures_are_too_odd_to_be_answered(
    traffic: str, days: int, share: str, **figures: object
) -> None:
    written = {"improves_by" if key == "margin" else key: value for key, value in figures.items()}
    test = ", ".join(f"{key}: {value}" for key, value in written.items() if value is not None)
    text = REST.format(test=f"traffic: {share}, for: {days}d, {test}", gate=ACCURACY, traffic=traffic)
    assert all(finding.message and finding.hint for finding in found(text) if finding.path[0] == "ab_test")
    known = of(f"traffic: {share}, for: {days}d, {test}", traffic=traffic)
    assert meaning(known)
    assert all(least >= 1 for least in known.experiment.sample.values())


BASELINES = [
    ("accuracy, baseline: 95%, effect: 2%", 0.95, "`accuracy` 0.969 instead of 0.95 with probability"),
    (
        "spent, baseline: 12.5",
        12.5,
        "`spent` 13.12 instead of 12.5 (a coefficient of variation of 1 assumed)",
    ),
    ("spent, baseline: 5%", 0.05, "`spent` 0.0525 instead of 0.05 with probability"),
    ("mae, baseline: 4, effect: 0.5", 4.0, "`mae` 3.5 instead of 4 (errors taken as normal)"),
]


@pytest.mark.parametrize(("test", "level", "said"), BASELINES)
def test_what_it_is_now_may_be_said(test: str, level: float, said: str) -> None:
    known = of(f"traffic: 10%, for: 7d, metric: {test}")
    assert known.plan.level == level and said in meaning(known)
    assert known.experiment.kind == ("proportion" if "%" in test.split(",")[1] else "mean")
