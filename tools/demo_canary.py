"""A part of the demo: a version is promoted step by step and another one taken back, on a virtual clock."""

import shutil
import subprocess
import sys

from story import ROOT, Story

SPEC = ROOT / "specs" / "parcels"
PLACE = ROOT / "build" / "demo-canary"
PAGE = "simulate-canary.html"
RUNS = 20


def rollouts(story: Story) -> list[str]:
    """Play both in a repository with a canary, with the Python of the demo's; return what there is to read."""
    shutil.rmtree(PLACE, ignore_errors=True)
    shutil.copytree(SPEC, PLACE)
    canary = Story(PLACE, story.began, story.verdicts)
    # The files that come of it are of no interest here.
    subprocess.run(
        [sys.executable, "-m", "mlopsc", "compile", "--root", "."], cwd=PLACE, capture_output=True, check=True
    )
    canary.mlopsc("validate", "--root", ".")
    python = story.place / ".venv" / "bin" / "python"
    pages = []
    for errors, share, name in (("0.2%", 1.0, "promoted"), ("4%", 0.0, "taken-back")):
        shown = f"make simulate-canary ERRORS={errors} RUNS={RUNS}"
        canary.run(*shown.split(), f"PYTHON={python}", shown=shown)
        report = canary.judged("simulate-canary", "done", f"{RUNS} rollouts with {errors} errors")
        figures: dict[str, float] = report["figures"]  # type: ignore[assignment]
        canary.expect(f"{share:.0%} of them are promoted", figures["promoted"] == share)
        (PLACE / "reports" / PAGE).rename(PLACE / "reports" / f"{name}.html")
        pages.append(canary.where(f"reports/{name}.html"))
    return pages
