"""A log of predictions as the service writes it, and the program that compares two versions in it."""

import importlib
import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

TEMPLATES = Path(__file__).parents[3] / "templates"
PROGRAMS = [
    *TEMPLATES.glob("shadow/ops/*.py"),
    *(
        TEMPLATES / f"repository/ops/{name}.py"
        for name in ["local", "prediction_rows", "settings", "tables", "text_files", "tracking", "verdict"]
    ),
    *(TEMPLATES / f"{name}.py" for name in ("deployment/ops/release", "registry/ops/registry")),
    TEMPLATES / "serving/serving/prediction_files.py",
]
INPUTS = {"age": "integer", "plan": "string"}
CODES = {"done": 0, "no data": 3, "doubtful": 3, "error": 2}
NOW = datetime.now(UTC)
Row = dict[str, Any]


@dataclass
class World:
    """A repository's folder with the programs, and where its service writes."""

    root: Path
    ops: dict[str, ModuleType]
    suffix: str = "csv"
    task: str = "classification"
    mirrors: bool = True
    shadow: dict[str, Any] = field(default_factory=lambda: {"seconds": 86400, "least": 4})

    def logged(self, version: str, answers: Sequence[Any], first: int = 0, **changed: Any) -> None:
        """Write a file as the service of a version does: request r-0 was answered first, and so on."""
        rows = [
            {
                "request_id": f"r-{first + number}", "timestamp": NOW, "row": 0, "version": version,
                "age": 20 + first + number, "plan": 'a "quoted"\nline, é', **answer, **changed,
            }
            for number, answer in enumerate(answer if isinstance(answer, dict) else {"prediction": answer} for answer in answers)
        ]  # fmt: skip
        settings = {"format": self.suffix, "bytes": 1 << 30, "seconds": 300}
        kinds = {**INPUTS, "timestamp": "timestamp", "row": "integer"}
        files = self.ops["prediction_files"].Files(self.root / "logs", settings, kinds)
        for row in rows:
            files.add([row])
        files.close()

    def compare(self, version: str = "8", now: datetime = NOW) -> dict[str, Any]:
        """Compare a version; return the report, whose verdict and exit code belong together."""
        config: dict[str, Any] = {
            "model": {"name": "churn", "task": self.task},
            "serving": {"prediction_log": {"path": f"file://{self.root}/logs/"}},
        }
        if self.mirrors:
            config["shadow"] = {"format": self.suffix, "inputs": list(INPUTS), **self.shadow}
        (self.root / "config").mkdir(exist_ok=True)
        (self.root / "config/default.json").write_text(json.dumps(config))
        code = self.ops["compare_shadow"].main(now + timedelta(seconds=1))
        report: dict[str, Any] = json.loads((self.root / "reports/compare-shadow.json").read_text())
        assert code == CODES[report["verdict"]], report
        return report

    def page(self) -> str:
        """Return the page."""
        return (self.root / "reports/compare-shadow.html").read_text()


def imported(folder: Path) -> dict[str, ModuleType]:
    """Return the programs of a folder, copied there and imported; others of their names stay what they are."""
    folder.mkdir()
    for file in PROGRAMS:
        shutil.copy(file, folder)
    names = [file.stem for file in PROGRAMS]
    before = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    sys.path.insert(0, str(folder))
    try:
        return {name: importlib.import_module(name) for name in names}
    finally:
        sys.path.remove(str(folder))
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update(before)
