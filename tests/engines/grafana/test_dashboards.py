"""Dashboards are what Grafana's types, PromQL and the exporting programs say they must be."""

import copy
from typing import Any

import pytest
from mlopsc.symbols import Metric

from tests.claims import compiling
from tests.engines.grafana import promql
from tests.engines.grafana.typed import findings
from tests.unit.targets.dashboards import MONITORING, PROGRESSIVE, SERVED, every
from tests.unit.targets.workflows import spec

# Faults that a person would make: where, what stands there instead, and what the compiler says.
PLANTED: dict[str, tuple[tuple[Any, ...], Any, str]] = {
    "unknown_key": (("panels", 0, "fieldConfig", "defaults", "units"), "s", '"units"'),
    "unknown_part": (("panel",), [], '"panel"'),
    "cursor": (("graphTooltip",), 7, "DashboardCursorSync"),
    "variable": (("templating", "list", 0, "type"), "datasources", "VariableType"),
    "legend": (("panels", 1, "options", "legend", "placement"), "below", "LegendPlacement"),
    "query": (("panels", 1, "targets", 0, "exp"), "up", '"exp"'),
    "lines": (("panels", 2, "fieldConfig", "defaults", "custom", "thresholdsStyle", "mode"), "dotted", "dotted"),
    "width": (("panels", 1, "gridPos", "w"), "8", "'number'"),
    "limits": (("panels", 1, "fieldConfig", "defaults", "thresholds", "mode"), "exact", "exact"),
    "no_id": (("panels", 1, "id"), None, "'number'"),
}  # fmt: skip


@pytest.fixture(scope="module")
def made() -> dict[str, dict[str, Any]]:
    return every()


def test_the_types_of_grafana_take_each_and_refuse_each_planted_fault(
    made: dict[str, dict[str, Any]],
) -> None:
    wrong = {}
    for name, (path, value, _) in PLANTED.items():
        wrong[name] = place = copy.deepcopy(made["served"])
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
    found = findings(made | wrong)
    for name, (_, _, said) in PLANTED.items():
        own = [line for line in found if line.startswith(f"{name}.ts(")]
        assert len(own) == 1 and said in own[0], (name, own)
    assert len(found) == len(PLANTED), found


def test_each_expression_is_promql_of_metrics_that_are_exported(made: dict[str, dict[str, Any]]) -> None:
    specs = (spec(monitoring=MONITORING, **SERVED), spec(monitoring=MONITORING, **PROGRESSIVE))
    tables = [compiling.compiled(texts).table[Metric] for texts in specs]
    exported = {each.name: each.kind for table in tables for each in table}
    for found in made.values():
        names = {name for text in promql.expressions(found) for name in promql.selected(text)}
        assert names
        for name in names | promql.queried(found):
            base = promql.OF_HISTOGRAMS.sub("", name)
            assert name in exported or exported[base] == "histogram", name


@pytest.mark.parametrize(
    "text", ["rate(x)", "sum(x[5m])", 'x{a="b"', "histogram_quantile(x, y)", "label_values(x, y)"]
)
def test_what_is_no_promql_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        promql.selected(text)
