"""Values with a notation: what is read, what it means, and that it is written back as it was."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from mlopsc.spec.units.durations import Duration, Latency, Throughput
from mlopsc.spec.units.figures import Change, Figure, Threshold
from mlopsc.spec.units.nulls import Nulls
from mlopsc.spec.units.quantities import Cpu, Memory
from mlopsc.spec.units.references import Reference, Secret, is_reference
from mlopsc.spec.units.schedules import Schedule
from mlopsc.spec.units.shares import Probability, Ratio, Share
from mlopsc.spec.units.written import Written
from pydantic_core import PydanticCustomError

UNITS: tuple[type[Written], ...] = (
    Share, Ratio, Probability, Change, Figure, Threshold, Duration, Latency, Throughput, Cpu, Memory, Nulls,
    Schedule, Reference, Secret,
)  # fmt: skip
READ: list[tuple[type[Written], Any, str, Any]] = [
    (Share, "5%", "value", 0.05),
    (Share, "12.5%", "value", 0.125),
    (Share, "100%", "value", 1),
    (Ratio, "0%", "value", 0),
    (Ratio, 0.01, "value", 0.01),
    (Ratio, "99%", "value", 0.99),
    (Probability, 0.05, "value", 0.05),
    (Change, 0.005, "relative", False),
    (Change, "2%", "relative", True),
    (Figure, "90%", "value", 0.9),
    (Figure, -3, "value", -3),
    (Threshold, "200ms", "value", 0.2),
    (Threshold, "1%", "unit", "share"),
    (Duration, "90d", "seconds", 90 * 86400),
    (Latency, "200ms", "seconds", 0.2),
    (Throughput, "30/m", "per_second", 0.5),
    (Cpu, "250m", "cores", 0.25),
    (Cpu, 2, "cores", 2),
    (Memory, "512Mi", "bytes", 512 * 2**20),
    (Memory, "1.5G", "bytes", 1_500_000_000),
    (Nulls, "forbidden", "share", 0),
    (Nulls, "allowed", "share", 1),
    (Nulls, "1%", "share", 0.01),
    (Reference, "sqlite:///mlflow.db", "kind", "literal"),
    (Reference, {"env": "MLFLOW_URI"}, "kind", "env"),
    (Reference, {"secret": "TOKEN"}, "kind", "secret"),
    (Secret, {"secret": "TOKEN"}, "value", "TOKEN"),
]
REFUSED: list[tuple[type[Written], Any]] = [
    (Share, 0.05), (Share, 5), (Share, "0%"), (Share, "101%"), (Share, "05%"), (Share, "5 %"), (Share, True),
    (Ratio, 1), (Ratio, 5), (Ratio, -0.1), (Ratio, True), (Ratio, float("nan")),
    (Probability, 0), (Probability, "0%"), (Probability, "100%"), (Probability, 1),
    (Change, 0), (Change, "-2%"), (Change, True), (Change, float("inf")),
    (Figure, "200ms"), (Figure, True), (Threshold, "2x"),
    (Duration, "0m"), (Duration, 10), (Duration, "1.5h"), (Duration, "200ms"), (Duration, "10m\n"),
    (Latency, "10m"), (Throughput, "0/s"), (Throughput, "20"), (Throughput, "0.0/s"),
    (Cpu, 0), (Cpu, "0"), (Cpu, "0m"), (Cpu, True), (Memory, 512), (Memory, "512m"), (Memory, "0Mi"),
    (Reference, {"env": "lower"}), (Reference, {"env": "A", "secret": "B"}), (Reference, ""), (Reference, {}),
    (Secret, "hunter2"), (Secret, {"env": "A"}),
]  # fmt: skip
ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False),
    st.from_regex(r"\A[0-9]{0,3}(\.[0-9]{0,2})?( ?(%|ms|s|m|h|d|w|/s|/m|Mi|Gi|G|k))?\n?\Z"),
    st.text(max_size=8),
    st.dictionaries(st.sampled_from(["env", "secret", "x"]), st.text("AB_1a", max_size=3)),
)  # fmt: skip


@pytest.mark.parametrize(("unit", "raw", "attribute", "value"), READ)
def test_what_a_notation_means(unit: type[Written], raw: Any, attribute: str, value: Any) -> None:
    found = getattr(unit.read(raw), attribute)
    assert found == (pytest.approx(value) if isinstance(value, float) else value)
    assert unit.read(raw).written() == raw


@pytest.mark.parametrize(("unit", "raw"), REFUSED)
def test_what_is_no_notation(unit: type[Written], raw: Any) -> None:
    with pytest.raises(PydanticCustomError):
        unit.read(raw)


@pytest.mark.parametrize("unit", UNITS)
@given(raw=ANYTHING)
def test_schema_and_reader_agree(unit: type[Written], raw: Any) -> None:
    try:
        written = unit.read(raw).written()
    except PydanticCustomError:
        assert not Draft202012Validator(unit.json).is_valid(raw)
    else:
        assert Draft202012Validator(unit.json).is_valid(raw)
        assert written == raw


def test_a_relative_change_is_of_the_value_compared_with() -> None:
    assert Change.read("2%").absolute(0.5) == pytest.approx(0.01)
    assert Change.read("2%").absolute(-0.5) == pytest.approx(0.01)
    assert Change.read(0.005).absolute(0.5) == 0.005


def test_a_reference_is_a_mapping_of_one_key() -> None:
    assert is_reference({"env": "A"}) and is_reference({"secret": "A"})
    assert not is_reference({"url": "A"}) and not is_reference({"env": "A", "x": 1}) and not is_reference("A")
