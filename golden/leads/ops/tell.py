"""Tells people what a job of the CI has to say, by ops/notify.py; the job never fails by it.

Looks at the reports of the steps in $STEPS, for those that have failed or ask for action. A job that
failed or was cut off ($JOB_STATUS) and left no such report is told too, with $RUN_URL. Reports are those
of this machine; those from before the last call of this program were told, or were fine.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import notify
from verdict import FINE, Outcome, run
from worth import report, telling

REPORTS = Path("reports")


def main(patience: notify.Patience | None = None) -> int:
    """Tell what there is to tell; return 0 whatever happens."""
    last = REPORTS / "tell.json"
    # A workspace that is used again still holds the reports of earlier jobs.
    since = last.stat().st_mtime if last.exists() else 0.0
    run("tell", lambda: tell(since, patience))
    return 0


def tell(since: float, patience: notify.Patience | None) -> Outcome:
    """Give each finding to the receivers; what goes wrong there is printed."""
    steps = os.environ.get("STEPS", "").split()
    found = telling(steps, since, REPORTS)
    if not found and os.environ.get("JOB_STATUS", "").lower() in ("failure", "cancelled"):
        found = [_failed(steps, since)]
    where = os.environ.get("RUN_URL") or _at_github()
    for title, text in found:
        # The address differs from run to run; what is told does not.
        key = hashlib.sha256(f"{title}\0{text}".encode()).hexdigest()[:16]
        whole = "\n".join(filter(None, [text, where]))
        # One word each, so that a value that begins with `-` is no option.
        notify.main([f"--title={title}", f"--text={whole}", f"--key={key}", "--severity=warning"], patience)
    titles = [title for title, _ in found]
    return (
        Outcome("done", {"told": len(found)}, titles)
        if found
        else Outcome("skipped", reasons=["nothing to tell"])
    )


def _at_github() -> str:
    """Return the page of this run at GitHub; empty elsewhere."""
    parts = [os.environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")]
    return "{}/{}/actions/runs/{}".format(*parts) if all(parts) else ""


def _failed(steps: list[str], since: float) -> tuple[str, str]:
    """Return a title and a text for a job that failed: where, and what any step has to say of it."""
    names = ("WORKFLOW", "GITHUB_WORKFLOW", "JOB_NAME")
    workflow = next((os.environ[name] for name in names if os.environ.get(name)), "a job")
    job = os.environ.get("GITHUB_JOB") or os.environ.get("STAGE_NAME")
    lines = [f"job: {job}"] if job else []
    for path in sorted(REPORTS.glob("*.json")):
        said = report(path, since)
        if said.get("verdict", "passed") not in FINE:
            lines.append(
                f"{path.stem}: {said['verdict']}: {next(iter(said.get('reasons', [])), 'see the log')}"
            )
    silent = [step for step in steps if not report(REPORTS / f"{step}.json", since)]
    if silent:
        lines.append(f"without a report: {', '.join(silent)}")
    return f"{workflow} failed", "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
