"""Arms of ids: the promised share, independent between experiments, and the same for ever and everywhere."""

import hashlib
import importlib
import json
import math
import os
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.conftest_engines import engine

PROGRAMS = Path(__file__).parents[3] / "templates/serving/serving"
NAMES = "arms refusal request_fields assigned"
# Where in 0..1 an id lies: it is of the treatment where the share is larger. Another value would deal the ids of
# experiments that run anew.
PLACES = {
    ("churn", "7"): 0.3715331199203878,
    ("churn", "c-1"): 0.8056892909376926,
    ("churn-2", "c-1"): 0.8222495475527934,
    ("churn", "müller"): 0.6767945316489572,
    ("churn", "a\0b"): 0.25419478023349235,
    ("churn", "🦊"): 0.1295892343477809,
    ("churn", "x" * 10_000): 0.8389139897964414,
}
COUNT = 1_000_000


@pytest.fixture
def ops(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """Return the programs."""
    monkeypatch.syspath_prepend(str(PROGRAMS))
    yield SimpleNamespace(**{name: importlib.import_module(name) for name in NAMES.split()})
    for name in NAMES.split():
        del sys.modules[name]


@pytest.mark.parametrize(("experiment", "name"), PLACES)
def test_an_id_keeps_its_place(ops: SimpleNamespace, experiment: str, name: str) -> None:
    place = PLACES[experiment, name]
    assert ops.arms.arm(experiment, place + 1e-12, name) == "treatment"
    assert ops.arms.arm(experiment, place, name) == "control"
    digest = hashlib.sha256(experiment.encode() + b"\0" + name.encode()).digest()
    assert int.from_bytes(digest[:8], "big") / 2**64 == place


@pytest.mark.parametrize("seed", ["0", "12345", "random"])
def test_other_processes_deal_alike(seed: str) -> None:
    """Whatever Python's own hashes are seeded with, in another locale, and in UTF-8 or not."""
    program = (
        "import json, sys; from arms import arm, name_of\n"
        "print(json.dumps([[arm(each, place + add, name_of(name)) for add in (1e-12, 0)]"
        " for each, name, place in json.load(sys.stdin)]))"
    )
    given = json.dumps([[*key, place] for key, place in PLACES.items()])
    done = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-c", program],
        cwd=PROGRAMS, env=os.environ | {"PYTHONHASHSEED": seed, "LC_ALL": "C"}, input=given,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout) == [["treatment", "control"]] * len(PLACES)


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_a_million_ids_are_split_as_promised(ops: SimpleNamespace, share: float) -> None:
    """Within 3.3 standard errors of the share: of 1,000 hashes that are no worse than chance one is outside."""
    found = sum(ops.arms.arm("churn", share, str(number)) == "treatment" for number in range(COUNT))
    assert abs(found - share * COUNT) < 3.3 * math.sqrt(COUNT * share * (1 - share))


def test_two_experiments_deal_independently(ops: SimpleNamespace) -> None:
    """Also of names and shares that are nearly alike; chi-square of the four cells."""
    engine("scipy")
    from scipy.stats import chi2_contingency

    cells = [[0, 0], [0, 0]]
    for number in range(COUNT // 2):
        name = f"customer-{number}"
        one, other = (ops.arms.arm(each, 0.2, name) == "treatment" for each in ("churn", "churn-2"))
        cells[one][other] += 1
    assert chi2_contingency(cells).pvalue > 0.01, cells


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("7", [7, 7.0, "7", " 7 ", "7.0", "7.00", Decimal(7)]),
        ("-7", [-7, -7.0, "-7.0"]),
        ("0", [0, 0.0, -0.0]),
        ("007", ["007", "007.0"]),
        ("7.5", [7.5, "7.5"]),
        ("10000000000000000", [10**16, 1e16, "10000000000000000.0"]),
        ("9223372036854775807", [2**63 - 1]),
        ("1e5", ["1e5"]),
        ("7.0.0", ["7.0.0"]),
        ("c-7", ["c-7", "c-7\n"]),
        ("C-7", ["C-7"]),
        ("é", ["é"]),
        ("e\u0301", ["e\u0301"]),
        ("\u00a07", ["\u00a07"]),
        ("٧.0", ["٧.0"]),
        ("inf", [math.inf]),
        ("nan", ["nan"]),
        ("", [None, math.nan, "", "  \t"]),
    ],
)
def test_an_id_has_one_name(ops: SimpleNamespace, name: str, values: list[Any]) -> None:
    assert [ops.arms.name_of(value) for value in values] == [name] * len(values)


def test_ids_of_tables_have_the_names_of_requests(ops: SimpleNamespace) -> None:
    """A gap makes floats of a column of whole numbers, in a table that a log or outcomes are read into."""
    engine("pandas")
    import pandas as pd

    whole, gaps = pd.Series([7, 2**53]), pd.Series([7, None])
    assert [ops.arms.name_of(each) for each in whole] == ["7", str(2**53)]
    assert [ops.arms.name_of(each) for each in gaps] == ["7", ""]
    assert [ops.arms.name_of(each) for each in gaps.astype(str)] == ["7", "nan"]
    assert [ops.arms.name_of(each) for each in gaps.astype("float32").to_numpy()[:1]] == ["7"]


def test_outcomes_are_joined_by_the_same_names(ops: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The evaluation computes them of whole columns, without the service's programs."""
    engine("pandas")
    import pandas as pd

    monkeypatch.syspath_prepend(str(PROGRAMS.parents[1] / "ab_test/ops"))
    ids = importlib.import_module("ab_ids")
    del sys.modules["ab_ids"]
    texts = ["7", " 7 ", "7.0", "7.00", "-7.0", "007", "007.0", "7.5", "1e5", "7.0.0", "c-7\n", "é", "e\u0301",
             "\u00a07", "\u20037.0", "٧.0", "nan", "", "a\0b", "7.0\n8.0", "\u00857", "\x1c7"]  # fmt: skip
    assert ids.names(pd.Series(texts)).tolist() == [ops.arms.name_of(each) for each in texts]


def test_nobody_is_of_no_arm(ops: SimpleNamespace) -> None:
    assert ops.arms.arm("churn", 1.0, "") == ops.arms.NONE == ""


def test_half_of_a_surrogate_pair_has_an_arm(ops: SimpleNamespace) -> None:
    assert ops.arms.arm("churn", 1.0, "\ud800") == "treatment"
