"""A part of the demo: two versions answered real users, and what became of these says which one stays."""

import importlib.util
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import ModuleType

import pandas as pd
from story import ROOT, Story

SPEC = ROOT / "specs" / "subscriptions"
PLACE = ROOT / "build" / "demo-ab-test"
# The object store that the spec names; the demo has a folder for it.
STORE = "s3://acme-lake/subscriptions/"
PAGE = "ab-test.html"
START, DAYS, USERS = datetime(2026, 10, 1, tzinfo=UTC), 14, 30_000


def decided(story: Story) -> list[str]:
    """Let a better version and one like the champion be tested; return what there is to read."""
    shutil.rmtree(PLACE, ignore_errors=True)
    shutil.copytree(SPEC, PLACE)
    test = Story(PLACE, story.began, story.verdicts)
    # The files that come of it are of no interest here.
    subprocess.run(
        [sys.executable, "-m", "mlopsc", "compile", "--root", "."], cwd=PLACE, capture_output=True, check=True
    )
    config = PLACE / "config" / "production.json"
    config.write_text(config.read_text().replace(STORE, "store/"))
    python = story.place / ".venv" / "bin" / "python"
    pages = []
    for right, verdict, what in ((0.89, "promote", "a better version"), (0.855, "keep", "one much like it")):
        _answer(_arms(), right)
        given = f"VERSION=8 MLOPS_ENV=production START={START:%Y-%m-%d}"
        shown = f"make ab-test {given}"
        test.run("make", "ab-test", *given.split(), f"PYTHON={python}", shown=shown)
        test.judged("ab-test", verdict, f"{what}, tested on users")
        (PLACE / "reports" / PAGE).rename(PLACE / "reports" / f"{verdict}.html")
        pages.append(test.where(f"reports/{verdict}.html"))
    return pages


def _arms() -> ModuleType:
    """Return the one program that knows which version answers whom, as the service has it."""
    spec = importlib.util.spec_from_file_location("arms", PLACE / "serving" / "arms.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _answer(arms: ModuleType, right: float) -> None:
    """Write what both versions answered in two weeks, and two weeks later what the users did."""
    rows = list(_rows(arms, right))
    for folder, columns in (("predictions", None), ("outcomes", ["customer_id", "cancelled"])):
        place = PLACE / "store" / folder
        place.mkdir(parents=True, exist_ok=True)
        table = pd.DataFrame(rows)
        chosen = table[columns] if columns else table.drop(columns="cancelled")
        chosen.to_parquet(place / "part.parquet", index=False)


def _rows(arms: ModuleType, right: float) -> Iterator[dict[str, object]]:
    dice, ability = random.Random(7), {"control": ("7", 0.85), "treatment": ("8", right)}
    for user in range(USERS):
        arm = arms.arm("subscriptions", 0.2, arms.name_of(user))
        version, hits = ability[arm]
        cancelled = dice.random() < 0.3
        yield {
            "request_id": f"r{user}",
            "row": 0,
            "seen_at": START + timedelta(days=DAYS * dice.random()),
            "version": version,
            "customer_id": user,
            "arm": arm,
            "prediction": cancelled if dice.random() < hits else not cancelled,
            "cancelled": cancelled,
        }
