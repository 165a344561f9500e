"""A repository that runs jobs on this machine: the programs, a make file, and its jobs."""

import json
import os
import shutil
from pathlib import Path

TEMPLATES = Path(__file__).parents[3] / "templates"
OTHERS = ("repository/ops/verdict.py", "notify/ops/worth.py")
PROGRAMS = [*TEMPLATES.glob("schedule/ops/*.py"), *(TEMPLATES / name for name in OTHERS)]
MAKE = """\
drift retrain:
\t@echo $@ "trigger=$(TRIGGER)"; sh steps/$@.sh
"""
# What `make drift` leaves: a report, if it wrote one, and an exit code.
STEP = "cp steps/{name}.json reports/{name}.json 2>/dev/null; exit {code}\n"
NOTIFY = "import json, sys\nprint(json.dumps(sys.argv[1:]), file=open('told.log', 'a'))\n"


def lay_out(root: Path, jobs: list[dict[str, object]], *, how: str = "crontab", zone: str = "UTC") -> Path:
    """Write the programs and the jobs."""
    for name in ("ops", "config", "steps"):
        (root / name).mkdir(parents=True)
    for program in PROGRAMS:
        shutil.copy(program, root / "ops")
    (root / "ops/notify.py").write_text(NOTIFY)
    (root / "mlops.mk").write_text(MAKE)
    config = {"model": "churn", "timezone": zone, "with": how, "jobs": jobs}
    (root / "config/schedule.json").write_text(json.dumps(config))
    return root


def step(root: Path, name: str, verdict: str, code: int = 0, reasons: tuple[str, ...] = ()) -> None:
    """Say what a step will do; without a verdict it leaves no report."""
    (root / f"steps/{name}.sh").write_text(STEP.format(name=name, code=code))
    report = {"step": name, "verdict": verdict, "figures": {}, "reasons": [*reasons]}
    if verdict:
        (root / f"steps/{name}.json").write_text(json.dumps(report))


def told(root: Path) -> list[list[str]]:
    """Return the arguments of each call of notify."""
    log = root / "told.log"
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def program(folder: Path, name: str, text: str) -> str:
    """Put a program in front of the others; return the PATH."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"
