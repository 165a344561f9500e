"""Has the data changed since the model was trained? Writes reports/drift.json and .html.

Compares the reference with what came in since the last check. `no drift` and `unknown` (too little to
say) are fine; `drift` asks for retraining; `broken` (a column is missing, all null or stuck) asks for
a repair, and nothing should be trained on it.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from drift_comparison import Comparison, Test, compare
from drift_places import Places, Side
from drift_report import page
from drift_score import scores, total
from drift_tests import Finding, Rules, overall
from settings import settings
from state import state
from text_files import write_text
from verdict import Outcome, run

ACTIVE = ("drift", "broken", "unknown")
PAGE = Path("reports", "drift.html")


class Checked(Outcome):
    """An outcome that carries the figures for Prometheus, which are no part of its report."""

    __slots__ = ("gauges",)
    gauges: Mapping[str, Any]


class Check:
    """One look at the data of a configuration."""

    def __init__(self, config: dict[str, Any], current: str, now: datetime) -> None:
        """Take the configuration, a path to look at instead of its current data, and the time."""
        self.config, self.drift, self.now = config, config["drift"], now
        self.state = state(config, "drift")
        self.memory = self.state.get()
        self.places = Places(config, current, self.memory)
        self.compared: dict[str, Comparison] = {}
        self.seen: dict[str, Any] = {}
        self.reasons: list[str] = []

    def outcome(self) -> Outcome:
        """Compare, write the page, and return the verdict with its reasons."""
        PAGE.unlink(missing_ok=True)
        self._compare_columns()
        metrics = self._compare_predictions()
        rules = Rules(*(self.drift[name] for name in ("min_rows", "min_effect", "alpha", "correction")))
        found = [finding for each in self.compared.values() for finding in rules.findings(each)]
        findings = rules.judged([*found, *metrics])
        self.reasons += self.places.empty
        verdict = overall([finding.verdict for finding in findings] + ["unknown"] * bool(self.reasons))
        notes = [note for each in self.compared.values() for note in each.notes()]
        reasons = [*self.reasons, *(each.reason for each in findings if each.reason), *notes]
        reasons = list(dict.fromkeys(reasons))
        model = self.config["model"]["name"]
        compared = list(self.compared.values())
        write_text(PAGE, page(model, verdict, self._about(), reasons, findings, compared))
        gauges = self._scores(findings)
        whole = gauges.get("drift_score")
        score = {} if whole is None else {"score": whole if math.isinf(whole) else round(whole, 6)}
        # A look at other files says nothing of production.
        told = {} if self.places.given else {"checked": self.now.timestamp(), **gauges, **_late(findings)}
        details = [asdict(each) for each in findings]
        outcome = Checked(verdict, _counts(findings) | score, reasons, details)
        outcome.gauges = told
        return outcome

    def _about(self) -> str:
        """Say when it was looked, at what, and what counts as an effect."""
        parts = [f"{self.now:%Y-%m-%d %H:%M} UTC"]
        for each in self.compared.values():
            then, now = (
                ", ".join(source.files[:3]) + ", …" * (len(source.files) > 3) for source in each.sources
            )
            parts.append(f"{now} compared with {then}")
        return "; ".join([*parts, f"an effect below {self.drift['min_effect']:g} is no drift"])

    def remember(self) -> None:
        """Note which files were looked at, unless they were too few rows: these wait for more.

        Done after the report was written, so that a killed run looks at the same files again.
        """
        seen = self.seen | {
            name: self.places.seen[name]
            for name, data in self.compared.items()
            if name in self.places.seen and data.rows[1] >= self.drift["min_rows"]
        }
        if seen and not self.places.given:
            self.state.update(lambda known: known | seen)

    def _compare_columns(self) -> None:
        tests = [
            Test(name, test["method"], test.get("p_value"), test.get("above"), test.get("pair") == "id")
            for test in self.drift["tests"]
            for name in test.get("columns", [])
        ]
        if tests and (current := self.places.current()) and (reference := self.places.reference()):
            self._add("columns", reference, current, tests)

    def _compare_predictions(self) -> list[Finding]:
        """Compare the predictions, and return what became of the metrics."""
        wanted = [test for test in self.drift["tests"] if "columns" not in test]
        if not wanted or not (current := self.places.predictions()):
            return []
        if not (reference := self.places.reference()):
            return []
        # There only where the spec tests predictions or metrics.
        of_predictions, of_labels = import_module("drift_predictions"), import_module("drift_labels")
        names = of_predictions.predicted_columns(current, reference, self.config["data"])
        tests = [
            Test(name, test["method"], test.get("p_value"), test.get("above"))
            for test in wanted
            for name in (names if "predictions" in test else [])
        ]
        if tests:
            least = self.drift["min_rows"]
            before, self.seen = of_predictions.reference_predictions(
                current, names, reference, least, self.memory
            )
            if before:
                self._add("predictions", before, current, tests)
            else:
                kept = f"the first ones, {least} rows or more, are kept to compare later ones with"
                self.reasons.append(f"{', '.join(names)}: {kept}")
        places = self.places.all_predictions()
        found: list[Finding] = of_labels.metric_findings(self.config, places, names[0], self.now)
        return found

    def _add(self, name: str, reference: Side, current: Side, tests: list[Test]) -> None:
        key = self.config["data"].get("id", "") if any(test.by_id for test in tests) else ""
        self.compared[name] = compare(reference, current, tests, self.config["data"]["types"], key)

    def _scores(self, findings: list[Finding]) -> dict[str, Any]:
        """Return the scores of the columns, and the one of all; nothing where none was compared."""
        if "columns" not in self.compared:
            return {}
        score = self.drift["score"]
        values = scores(self.compared["columns"], findings, score["statistic"])
        return {"drift_scores": values, "drift_score": total(values, score["across"])}


def _counts(findings: list[Finding]) -> dict[str, float]:
    verdicts = [finding.verdict for finding in findings]
    return {"tests": len(findings), **{name: verdicts.count(name) for name in ACTIVE if name in verdicts}}


def _late(findings: list[Finding]) -> dict[str, Any]:
    """Return the metrics that labels which came later gave; nothing where no test asks for one."""
    found = [each for each in findings if each.method == "metric"]
    known = {each.column: each.statistic for each in found if each.verdict in ("drift", "no drift")}
    return {"label_metrics": known} if found else {}


def main(arguments: list[str] | None = None, now: datetime | None = None) -> int:
    """Run the command line; return 0 for no drift and unknown, 3 for drift and broken, 2 for an error."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--current", metavar="PATH", default="", help="look at these files, and remember nothing"
    )
    options = parser.parse_args(arguments)
    checks: list[Check] = []

    def work() -> Outcome:
        checks.append(Check(settings(), options.current, now or datetime.now(UTC)))
        return checks[0].outcome()

    code = run("drift", work)
    if code != 2:
        try:
            checks[0].remember()
        except (OSError, ValueError) as fault:
            print(f"drift: the next check looks at the same files again: {fault}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
