"""`make demo`: one spec becomes a repository, which then works without mlopsc: data, model, service,
drift, an alert, retraining, a table of scores; and of other specs rollouts, on a virtual clock, and a
test on users.
"""

import json
import shutil

from customers import CHANGED, FAULTS, customers, planted, write
from demo_ab_test import decided
from demo_canary import rollouts
from demo_scoring import scored
from demo_watching import alerted, answered
from story import ROOT, Story

SPEC = ROOT / "specs" / "retention"
PLACE = ROOT / "build" / "demo"
PLANTED = {"age", "spend_30d"}


def main() -> None:
    """Play the whole story in a fresh folder; ends with what to look at. Exit 1 when it goes wrong."""
    shutil.rmtree(PLACE, ignore_errors=True)
    shutil.copytree(SPEC, PLACE)
    story = Story(PLACE)
    first = first_champion(story)
    story.step("5. the champion answers: a prediction, and a refusal in few words")
    answered(story, "1")
    refusals(story)
    drift_and_retraining(story)
    hand_edit(story)
    story.step("13. what a canary is worth: rollouts of a sound and of a bad version, on a virtual clock")
    pages = rollouts(story)
    story.step("14. tonight's customers are scored, whole or not at all")
    scored(story)
    story.step("15. two versions answer real users: a better one is promoted, one like the champion is not")
    pages += decided(story)
    summary(story, first, pages)


def first_champion(story: Story) -> float:
    """From the spec to version 1 in production; returns the seconds that it took."""
    write(PLACE / "data" / "customers.csv", customers(4000))
    (PLACE / ".gitignore").write_text(".venv/\n__pycache__/\nmlflow.db\nmlruns/\nincoming/\n")
    story.step("1. compile specs/retention/mlops.yaml into a repository")
    story.git("init", "--quiet")
    story.mlopsc("compile", "--root", ".")
    story.step("2. set that repository up: its own environment, pinned (the first time takes a minute)")
    story.run("make", "setup")
    story.step("3. data -> pipeline -> version 1, which passes the gate -> champion")
    story.make("fetch", "fetched", "the first data")
    story.git("add", "--all")
    story.git("commit", "--quiet", "--message", "The first data")
    story.make("pipeline", "passed", "the first training")
    story.make("register", "passed", "version 1 at the gate")
    story.make("promote", "promoted", "version 1 becomes champion")
    seconds = story.seconds
    story.step("4. the same again: nothing has changed, so nothing runs")
    lock = (PLACE / "dvc.lock").read_bytes()
    said = story.run("make", "pipeline")
    ran = said.count("Running stage")
    # The stage that records the mode of training always runs; it takes no time.
    story.expect(
        "no stage ran again but `mode`, and dvc.lock is the same",
        (ran, lock) == (1, (PLACE / "dvc.lock").read_bytes()),
    )
    return seconds


def refusals(story: Story) -> None:
    """Bad data and a worse model change nothing."""
    story.step(f"6. a batch with {len(FAULTS)} planted faults: blocked, each named, and put aside")
    for fault in FAULTS:
        print(f"   planted: {fault}")
    write(PLACE / "incoming" / "tuesday.csv", planted(1500))
    data = (PLACE / "data" / "customers.csv").read_bytes()
    story.make("fetch", "blocked", "a batch with planted faults")
    story.expect("the training data is as it was", (PLACE / "data" / "customers.csv").read_bytes() == data)
    story.run(".venv/bin/python", "ops/validate.py", "--watch", "incoming", "--once", "--no-docs", code=3)
    story.expect("tuesday.csv is in quarantine", (PLACE / "incoming" / "quarantine" / "tuesday.csv").exists())
    story.step("7. a worse model: somebody makes it far too simple")
    params = (PLACE / "params.yaml").read_text()
    (PLACE / "params.yaml").write_text(params.replace("strength: 1.0", "strength: 0.0005"))
    story.make("pipeline", "passed", "training a worse model")
    story.make("register", "refused", "the worse model at the gate")
    story.expect("version 1 is still the champion", champion() == 1)
    (PLACE / "params.yaml").write_text(params)


def drift_and_retraining(story: Story) -> None:
    """Drift is found in the planted columns, retraining happens once, and a rollback works."""
    story.step("8. the market changes: older customers who spend less, and other ones leave")
    write(PLACE / "incoming" / "june.csv", customers(3000, seed=6, market=CHANGED))
    report = story.make("drift", "drift", "a batch from a changed market")
    results: list[dict[str, str]] = report["results"]  # type: ignore[assignment]
    found = {each["column"] for each in results if each["verdict"] == "drift"}
    story.expect(f"drift is found in {' and '.join(sorted(PLANTED))} and nowhere else", found == PLANTED)
    story.step("9. Prometheus sees it, and somebody is told (waiting times shortened)")
    alerted(story)
    story.step("10. drift asks for retraining, which happens once")
    story.make("retrain", "trained", "retraining after drift")
    story.expect("version 3 is the champion, and version 2 was the refused one", champion() == 3)
    story.make("retrain", "not due", "the same drift again")
    write(PLACE / "incoming" / "july.csv", customers(3000, seed=7, market=CHANGED))
    story.make("drift", "drift", "more of the changed market")
    story.make("retrain", "cooling down", "drift within the cooldown")
    story.step("11. people complain: back to the version before")
    story.make("rollback", "rolled back", "a rollback")
    story.expect("version 1 is the champion again", champion() == 1)


def hand_edit(story: Story) -> None:
    """What a person wrote into a generated file is found, and never destroyed."""
    story.step("12. a hand edit is found, and never destroyed")
    with (PLACE / "RUNBOOK.md").open("a") as file:
        file.write("\nAsk Ada before the first of the month.\n")
    story.mlopsc("check", "--root", ".", code=1)
    story.mlopsc("compile", "--root", ".", code=1)
    story.expect("the hand edit is still there", "Ask Ada" in (PLACE / "RUNBOOK.md").read_text())


def summary(story: Story, first: float, pages: list[str]) -> None:
    """Say what was generated, what was decided, and where to look."""
    locked = (PLACE / ".mlopsc.lock").read_text().splitlines()
    files = [line.split("  ")[1] for line in locked if line[0] != "#"]
    lines = sum(len((PLACE / name).read_text().splitlines()) for name in files)
    spec = len((PLACE / "mlops.yaml").read_text().splitlines())
    story.step("summary")
    for what, command, verdict in story.verdicts:
        print(f"   {what:32} make {command:10} {verdict}")
    print(f"\n   generated  {len(files)} files, {lines} lines, from one spec of {spec} lines")
    for name in ("drift.html", "retention-1.html", "retention-3.html", "data_docs/index.html"):
        story.expect(f"to read: {story.where(f'reports/{name}')}", (PLACE / "reports" / name).exists())
    for page in pages:
        story.expect(f"to read: {page}", (ROOT / page).exists())
    print(
        f"   stopwatch  {first:.0f} s from the spec to the first champion (the machine's share of the two hours)"
    )
    print(f"   took       {story.seconds:.0f} s")


def champion() -> int:
    """Return the version that the registry calls champion, as the last program that moved it said."""
    reports = [PLACE / "reports" / f"{name}.json" for name in ("promote", "rollback")]
    last = max((report for report in reports if report.exists()), key=lambda report: report.stat().st_mtime)
    return int(json.loads(last.read_text())["figures"]["version"])


if __name__ == "__main__":
    main()
