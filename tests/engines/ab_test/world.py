"""A log of predictions as the service writes it, outcomes that came later, and the A/B test between them."""

import importlib
import json
import random
import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from prometheus_client import CollectorRegistry

TEMPLATES = Path(__file__).parents[3] / "templates"
PROGRAMS = [
    *TEMPLATES.glob("ab_test/ops/*.py"),
    *TEMPLATES.glob("repository/ops/*.py"),
    *(TEMPLATES / f"deployment/ops/{name}.py" for name in ("course", "release")),
    TEMPLATES / "registry/ops/registry.py",
    *(TEMPLATES / f"serving/serving/{name}.py" for name in ("given", "prediction_files", "prediction_log", "prediction_uploads")),
]  # fmt: skip
CODES = {"promote": 0, "keep": 0, "running": 0, "skipped": 0, "undecided": 3, "error": 2}
DAY = 86400.0
SINCE = datetime(2026, 11, 20, tzinfo=UTC).timestamp()
SHARE = 0.3
Row = dict[str, Any]


@dataclass
class World:
    """A repository's folder with the programs, its log and its outcomes.

    The test takes 4 days, outcomes are known a day later; 30 % of the ids are in the treatment, which
    version 8 answers.
    """

    root: Path
    ops: dict[str, ModuleType]
    suffix: str = "csv"
    kind: str = "integer"
    test: dict[str, Any] = field(default_factory=dict)
    outcomes: dict[Any, Any] = field(default_factory=dict)
    place: str = ""

    def settings(self) -> dict[str, Any]:
        """Return the configuration."""
        test = {
            "experiment": "churn", "share": SHARE, "enrolment_seconds": 4 * DAY, "delay_seconds": DAY,
            "metric": "churned", "better": "lower", "kind": "mean", "margin": {}, "effect": {"relative": 0.2},
            "alpha": 0.05, "power": 0.8, "sample": {"control": 200, "treatment": 100}, "looks": 1,
            "guardrails": {"error_rate": 0.01, "latency_p95": 0.2}, "header": "x-mlops-arm",
            "id": "customer_id", "time": "timestamp", "format": self.suffix,
        }  # fmt: skip
        return {
            "model": {"name": "churn", "task": "classification"},
            "serving": {"prediction_log": {"path": f"file://{self.root}/logs/"}},
            "outcomes": {
                "path": self.place or f"data/outcomes.{self.suffix}", "id": "customer_id", "value": "churned", "delay_seconds": DAY,
            },
            "ab_test": test | self.test,
        }  # fmt: skip

    def log(self, version: str, rows: Iterable[Row]) -> None:
        """Write rows as the service of a version does: `at` is seconds after the test began.

        A row is {at, id, arm, answer}, and whatever else its request said.
        """
        settings = SimpleNamespace(
            labels={"model": "churn", "version": version}, version=version, log_place=str(self.root / "logs"),
            inputs={"age": "integer"}, key={"customer_id": self.kind},
            log={"format": self.suffix, "bytes": 1 << 30, "seconds": 300, "queue_bytes": 1 << 30, "time": "timestamp"},
        )  # fmt: skip
        log = self.ops["prediction_log"].PredictionLog(settings, CollectorRegistry())
        answered = self.ops["prediction_log"].Answered
        for seconds, held in groupby(rows, key=lambda row: row["at"]):
            at, each = datetime.fromtimestamp(SINCE + seconds, UTC), list(held)
            asked = [{"age": 40, "customer_id": row["id"], "arm": row["arm"]} for row in each]
            log.put(answered(f"r-{version}-{seconds}", at, asked, [row["answer"] for row in each], 1))
        log.finish()
        log.thread.join(60)
        assert not log.thread.is_alive()

    def people(
        self, count: int = 2000, rates: tuple[float, float] = (0.3, 0.2), right: tuple[float, float] = (1, 1)
    ) -> None:
        """Let so many ids come evenly over the test, from 1 on; the last three of ten are in the treatment.

        `rates` of control and treatment churn, and each answer is `right` with such a probability.
        """
        chance, rows = random.Random(1), {"7": list[Row](), "8": list[Row]()}
        for number in range(count):
            name, treated = number + 1, number % 10 >= 10 - 10 * SHARE
            churned = chance.random() < rates[treated]
            answer = int(churned == (chance.random() < right[treated]))
            # Twenty at a time.
            at = 4 * DAY * (number // 20 * 20 + 10) / count
            arm = "treatment" if treated else "control"
            rows["8" if treated else "7"].append({"at": at, "id": name, "arm": arm, "answer": answer})
            self.outcomes[name] = int(churned)
        for version, each in rows.items():
            self.log(version, each)

    def arrive(self, outcomes: dict[Any, Any] | None = None) -> None:
        """Write the outcomes, by ids."""
        import pandas as pd

        given = self.outcomes if outcomes is None else outcomes
        frame = pd.DataFrame({"customer_id": list(given), "churned": list(given.values())})
        file = self.root / f"data/outcomes.{self.suffix}"
        file.parent.mkdir(exist_ok=True)
        if self.suffix == "csv":
            frame.to_csv(file, index=False)
        else:
            frame.to_parquet(file, index=False)

    def look(self, days: float = 5.1, version: str = "8") -> Any:
        """Return the decision, so many days after the test began."""
        return self.ops["ab_look"].look(self.settings(), version, SINCE, SINCE + days * DAY)

    def command(self, days: float = 5.1) -> dict[str, Any]:
        """Run the command; return its report, whose verdict and exit code belong together."""
        (self.root / "config").mkdir(exist_ok=True)
        (self.root / "config/default.json").write_text(json.dumps(self.settings()))
        code = self.ops["ab_test"].main(SINCE + days * DAY)
        report: dict[str, Any] = json.loads((self.root / "reports/ab-test.json").read_text())
        assert code == CODES[report["verdict"]], report
        return report

    def page(self) -> str:
        """Return the page."""
        return (self.root / "reports/ab-test.html").read_text()


def imported(folder: Path) -> dict[str, ModuleType]:
    """Return the programs of a folder, copied there and imported; others of their names stay what they are."""
    folder.mkdir()
    for file in PROGRAMS:
        shutil.copy(file, folder)
    names: Sequence[str] = [file.stem for file in PROGRAMS]
    before = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    sys.path.insert(0, str(folder))
    try:
        return {name: importlib.import_module(name) for name in names}
    finally:
        sys.path.remove(str(folder))
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update(before)
