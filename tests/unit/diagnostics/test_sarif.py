"""The SARIF form, judged by the schema of the standard."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator
from mlopsc import __version__
from mlopsc.diagnostics import Diagnostic, Span
from mlopsc.diagnostics.codes import all_codes
from mlopsc.diagnostics.render import render

SCHEMA = json.loads((Path(__file__).parents[2] / "data/sarif/sarif-2.1.0.json").read_text())
PLACED = Diagnostic("M104", "twice", hint="remove one", span=Span("models/a b%.yaml", 3, 5, 4, 1))


def _log(*found: Diagnostic) -> Any:
    return json.loads(render("sarif", found, {}))


def _faults(log: Any) -> list[str]:
    return [error.message for error in Draft4Validator(SCHEMA).iter_errors(log)]


@pytest.mark.parametrize(
    "found", [(), (PLACED,), (Diagnostic("M701", "x"),), tuple(Diagnostic(code, "x") for code in all_codes())]
)
def test_the_schema_accepts_it(found: tuple[Diagnostic, ...]) -> None:
    assert _faults(_log(*found)) == []


def test_the_schema_can_refuse() -> None:
    log = _log(PLACED)
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    assert _faults(log) == ["0 is less than the minimum of 1"]


def test_a_result() -> None:
    assert _log(PLACED)["runs"][0]["results"] == [
        {
            "ruleId": "M104",
            "ruleIndex": 0,
            "level": "error",
            "message": {"text": "twice\nremove one"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": "models/a%20b%25.yaml"},
                        "region": {"startLine": 3, "startColumn": 5, "endLine": 4, "endColumn": 1},
                    }
                }
            ],
        }
    ]


def test_each_rule_stands_once_with_its_story() -> None:
    driver = _log(PLACED, Diagnostic("M111", "x"), Diagnostic("M111", "y"))["runs"][0]["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("mlopsc", __version__)
    assert [(rule["id"], rule["defaultConfiguration"]["level"]) for rule in driver["rules"]] == [
        ("M104", "error"),
        ("M111", "warning"),
    ]
    assert driver["rules"][0]["shortDescription"] == {"text": "duplicate key"}
    assert driver["rules"][0]["help"]["text"].startswith("remove one of them")


def test_rules_and_results_point_at_each_other() -> None:
    run = _log(*(Diagnostic(code, "x") for code in reversed(list(all_codes()))))["runs"][0]
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(ids[result["ruleIndex"]] == result["ruleId"] for result in run["results"])


def test_the_same_findings_give_the_same_bytes_in_any_order() -> None:
    found = [PLACED, Diagnostic("M111", "x"), Diagnostic("M104", "x", span=Span("a", 1, 1, 1, 2))]
    assert render("sarif", found, {}) == render("sarif", reversed(found), {})
