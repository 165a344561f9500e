"""A project whose champion scores: its programs run in this process, the user's command beside it."""

import importlib
import json
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.engines.loop.project import PROGRAMS, TEMPLATES, Project, rows

HERE = Path(__file__).parent
OWN = sorted(TEMPLATES.glob("scoring/ops/*.py"))
SCORING = {"cmd": "python src/score.py", "input": "data/score.csv", "output": "data/scores.csv"}
OLD = "customer_id,prediction\nolder,1\n"
# Any model passes: what is looked at here comes after the gate.
LENIENT = {"gate": [{"metric": "accuracy", "min": 0.1}]}
CUT = 45.0


class World(Project):
    """A project that has a table to score, and old scores."""

    def begin(self) -> None:
        """Lay out the programs of scoring too."""
        super().begin()
        for file in OWN:
            shutil.copy(file, self.root / "ops")
        self.write("src/score.py", (HERE / "code" / "score.txt").read_text())
        self.write("data/score.csv", rows(50, seed=5))
        data = self.config["data"] | {"id": "customer_id", "target": "churned", "types": {"age": "integer"}}
        model = self.config["model"] | {"task": "regression"}
        self.configure(scoring=SCORING, registry=LENIENT, data=data, model=model, drift={})
        self.commit()

    def scoring(self, **changes: Any) -> None:
        """Change the section `scoring`."""
        self.configure(scoring=self.config["scoring"] | changes)

    def old(self) -> None:
        """Put old scores where the new ones are to come."""
        self.write("data/scores.csv", OLD)

    def score(self, step: str = "score") -> dict[str, Any]:
        """Score, or compare, in this process; return the report, whose verdict and exit code agree."""
        code = self.ops["score" if step == "score" else "compare_scores"].main()
        report = self.report(step)
        fine = report["verdict"] in self.ops["verdict"].FINE
        assert code == (0 if fine else 2 if report["verdict"] == "error" else 3)
        return report

    @property
    def scores(self) -> str:
        """The scores that anybody finds."""
        return (self.root / self.config["scoring"]["output"]).read_text()

    @property
    def drafts(self) -> list[str]:
        """What lies beside the scores that is none."""
        return sorted(path.name for path in (self.root / "data").iterdir() if path.name[0] == ".")

    def version(self, cut: float) -> str:
        """Register a model that passes the gate; return its version."""
        self.model(cut)
        report = self.step("register")
        assert report["verdict"] == "passed", report
        return str(report["figures"]["version"])

    def tag(self, version: str) -> dict[str, Any]:
        """Return what a version remembers of its last scores."""
        tags = {str(each.version): each.tags for each in self.versions()}[version]
        return dict(json.loads(tags.get("mlops.scored", "{}")))


def programs(folder: Path) -> dict[str, ModuleType]:
    """Import all programs from a folder; return them by name."""
    for file in (*PROGRAMS, *OWN):
        shutil.copy(file, folder)
    return {file.stem: importlib.import_module(file.stem) for file in (*PROGRAMS, *OWN)}


def expected(cut: float = CUT, count: int = 50) -> str:
    """Return the scores of the table by a model with a cut."""
    lines = [line.split(",") for line in rows(count, seed=5).splitlines()[1:]]
    return "customer_id,prediction\n" + "".join(f"{id_},{float(age) - cut}\n" for id_, age, *_ in lines)
