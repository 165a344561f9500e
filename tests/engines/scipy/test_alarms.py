"""How often there is a false alarm, what is found, and that the number of rows does not decide."""

from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from mlopsc.checks.statistics.family import Family
from mlopsc.checks.statistics.trial import Trial

from tests.engines.scipy.world import KS, World, normal

Ops = dict[str, ModuleType]
SEEDS, COLUMNS = 200, 10


class Trials:
    """SEEDS runs of COLUMNS tests, measured once for each number of rows and shift of the first column."""

    def __init__(self, ops: Ops) -> None:
        self.ops, self.done = ops, dict[tuple[int, float], list[list[Any]]]()

    def alarms(self, correction: str, min_effect: float, shift: float = 0.0, rows: int = 500) -> int:
        """Return in how many runs there is drift."""
        tests, key = self.ops["drift_tests"], (rows, shift)
        if key not in self.done:
            self.done[key] = [self.measured(seed, *key) for seed in range(SEEDS)]
        rules = tests.Rules(rows, min_effect, 0.05, correction)
        return [
            tests.overall(each.verdict for each in rules.judged(found)) for found in self.done[key]
        ].count("drift")

    def measured(self, seed: int, rows: int, shift: float) -> list[Any]:
        data, comparison, tests = (self.ops[f"drift_{name}"] for name in ("data", "comparison", "tests"))
        names, g = [f"c{number}" for number in range(COLUMNS)], np.random.default_rng(seed)
        frames = [pd.DataFrame(g.normal(size=(rows, COLUMNS)), columns=names) for _ in "ab"]
        frames[1]["c0"] += shift
        source = data.Source(["memory"], "csv", dict.fromkeys(names, "number"))
        compared = comparison.Comparison(
            (source, source), [comparison.Test(name, "ks", 0.05) for name in names]
        )
        compared.__dict__["samples"] = tuple(data.Sample(frame, rows) for frame in frames)
        return list(tests.Rules(rows, 0.0, 0.05, "none").findings(compared))


@pytest.fixture(scope="module")
def trials(programs: Ops) -> Trials:
    return Trials(programs)


@pytest.mark.parametrize("correction", ["fdr_bh", "bonferroni"])
def test_without_drift_a_run_alarms_at_most_as_often_as_the_level_says(
    trials: Trials, correction: str
) -> None:
    # 5% of 200 runs are 10; 20 of them would be likely once in a thousand times.
    assert trials.alarms(correction, min_effect=0) <= 20


def test_without_correction_ten_tests_alarm_in_every_third_run(trials: Trials) -> None:
    assert trials.alarms("none", min_effect=0) > 50


def test_with_a_least_effect_two_thousand_rows_give_no_false_alarm(trials: Trials) -> None:
    assert trials.alarms("fdr_bh", min_effect=0.1, rows=2000) == 0


def test_half_a_deviation_in_one_of_ten_columns_of_500_rows_is_found_99_times_in_100(trials: Trials) -> None:
    assert trials.alarms("fdr_bh", min_effect=0.1, shift=0.5) >= 0.99 * SEEDS


def test_what_validate_says_of_a_spec_is_what_its_program_does(trials: Trials) -> None:
    stated = Trial("ks", 0.1, 0.05, 10, True, 500, 500)
    shift = stated.smallest(share=1 / COLUMNS)
    assert shift is not None and 0.2 < shift < 0.5
    # With 200 runs at 80%, fewer than 147 would be likely once in a hundred times.
    assert trials.alarms("fdr_bh", min_effect=0.1, shift=shift) >= 147
    family = Family(tuple(enumerate([stated] * COLUMNS)), "none", 30.0)
    alarms = trials.alarms("none", min_effect=0.1) / SEEDS
    assert alarms == pytest.approx(family.alarms_per_run(), abs=0.08)


def test_a_hundredth_of_a_deviation_in_a_million_rows_is_no_drift(world: World) -> None:
    world.write(".mlops/reference.parquet", {"age": normal(1_000_000)})
    world.write("incoming/a.parquet", {"age": normal(1_000_000, 0.01, seed=1)})
    world.config["data"]["format"] = "parquet"
    world.tests(
        KS,
        {"columns": ["age"], "method": "wasserstein", "above": 0.1},
        {"columns": ["age"], "method": "psi", "above": 0.2},
    )
    report = world.check()
    assert report["verdict"] == "no drift"
    assert report["results"][0]["p"] < 0.001


def rounds(path: str, rows: int, shift: float, chunk: int = 1_000_000) -> None:
    """Write a parquet file of `rows` normal values and categories, a row group at a time."""
    plans = pa.array(["basic", "pro", "team"])
    with pq.ParquetWriter(path, pa.schema({"age": pa.float64(), "plan": pa.string()})) as writer:
        for start in range(0, rows, chunk):
            g, size = np.random.default_rng([start, int(shift * 100)]), min(chunk, rows - start)
            plan = g.choice(3, size, p=[0.5 - shift / 5, 0.3, 0.2 + shift / 5])
            ages = pa.array(g.normal(shift, 1, size))
            writer.write_table(pa.table({"age": ages, "plan": plans.take(pa.array(plan))}))


EVERY = [
    KS,
    {"columns": ["age"], "method": "wasserstein", "above": 0.2},
    {"columns": ["age"], "method": "psi", "above": 0.1},
    {"columns": ["age"], "method": "msd", "above": 0.05},
    {"columns": ["plan"], "method": "chi2", "p_value": 0.05},
    {"columns": ["plan"], "method": "psi", "above": 0.05},
]


@pytest.mark.slow
@pytest.mark.parametrize(("shift", "verdict"), [(0.02, "no drift"), (1.0, "drift")])
def test_a_thousand_and_ten_million_rows_have_one_verdict(world: World, shift: float, verdict: str) -> None:
    world.config["data"]["format"] = "parquet"
    world.tests(*EVERY)
    effects = []
    for rows in (1_000, 10_000_000):
        for folder, moved in ((".mlops", 0.0), ("incoming", shift)):
            (world.root / folder).mkdir(exist_ok=True)
            rounds(f"{folder}/reference.parquet", rows, moved)
        report = world.check()
        assert {result["verdict"] for result in report["results"]} == {verdict}
        effects.append([result["effect"] for result in report["results"]])
    if verdict == "drift":
        # KS of two normal distributions one deviation apart, to the precision that 10 million rows give.
        assert effects[1][:2] == pytest.approx([0.38292, 1.0], abs=0.002)


def test_files_larger_than_memory_give_the_figures_of_the_whole(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (world.root / ".mlops").mkdir(exist_ok=True)
    (world.root / "incoming").mkdir()
    rounds(".mlops/reference.parquet", 90_000, 0.0, chunk=20_000)
    rounds("incoming/a.parquet", 70_000, 0.3, chunk=20_000)
    world.config["data"]["format"] = "parquet"
    world.tests(*EVERY)
    whole = world.check()["results"]
    monkeypatch.setattr(world.ops["drift_data"], "WHOLE", 30_000)
    monkeypatch.setattr(world.ops["drift_data"], "SAMPLE", 20_000)
    chunked = world.check()["results"]
    assert [each["rows"] for each in chunked] == [[90_000, 70_000]] * len(EVERY)
    assert [each["verdict"] for each in chunked] == [each["verdict"] for each in whole]
    assert [each["effect"] for each in chunked] == pytest.approx(
        [each["effect"] for each in whole], abs=0.001
    )
    assert chunked[-1]["effect"] == whole[-1]["effect"]


def test_csv_in_chunks_gives_the_figures_of_the_whole(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.reference(age=normal(5000), plan=["basic", "pro"] * 2500)
    world.arrive(age=[*normal(4000, 0.4, seed=1), *[None] * 100], plan=["basic", "pro"] * 2050)
    world.tests(*EVERY)
    whole = world.check()["results"]
    files = world.ops["drift_files"]
    monkeypatch.setattr(files.raw, "__defaults__", ((), 700))
    assert world.check()["results"] == whole
