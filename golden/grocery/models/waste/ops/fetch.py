"""Bring new data into training: the user's own command, or the new files of `incoming` appended.

The data is new until the pipeline has trained on it, so that a run killed between the two is made
good by the next. A file that the suite blocks is left out and named, and so are all that do not fit.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import mend
from digests import digest, hash_of, locked
from incoming import take
from processes import dvc, git, shell
from settings import settings
from verdict import Outcome, run

SUITE = Path("config", "suite.json")
OF_ROWS = ("expect_column_to_exist", "expect_column_values_", "expect_column_pair_values_")


def main() -> int:
    """Fetch; return 0 for `fetched` and `nothing new`, 3 for blocked, 2 for an error."""
    return run("fetch", lambda: fetch(settings()["data"]))


class BlockedError(ValueError):
    """New files that the suite lets nobody train on: the report of the validation, and their names."""


def fetch(config: dict[str, Any]) -> Outcome:
    """Bring the data up to date, renew its .dvc file, and say whether there is anything to train on."""
    path, before, new, lines = config["path"], digest(config["path"]), list[str](), list[str]()
    if config.get("fetch"):
        shell(config["fetch"])
    elif config.get("incoming"):
        try:
            new, left = take(config, _judge(), _validate)
        except BlockedError as block:
            report, files = block.args
            return Outcome(
                "blocked", {"files": len(files)}, [*report["reasons"], f"left out: {', '.join(files)}"]
            )
        lines = [f"{name} is left out: {reason}" for name, why in left.items() for reason in why]
        if left and not new:
            return Outcome("blocked", {"files": len(left)}, lines)
    after = digest(path)
    if not after:
        raise FileNotFoundError(f"there is no data at {path}")
    _track(path)
    if after == _trained_on(path, before):
        return Outcome("nothing new", reasons=[f"{path} is what the pipeline ran on last"])
    return Outcome("fetched", {"files": len(new)} if new else {}, [*new, *lines])


def _track(path: str) -> None:
    """Renew the .dvc file of the data, or make it: not of what git holds, of a URL, or of a pattern."""
    plain = not any(sign in path for sign in ("://", "*", "?", "["))
    if plain and Path(".dvc").is_dir() and not git("ls-files", "--", path):
        mend.pointer(path)
        dvc("add", "--quiet", path)


def _judge() -> Callable[[str], list[str]]:
    """Return what judges one file by itself: in the whole, a bad share of a small batch would be lost.

    Only what holds of each row can be asked of a batch, and not how many rows there are.
    """
    if not SUITE.exists():
        return lambda _name: []
    suite = json.loads(SUITE.read_text(encoding="utf-8"))
    suite["expectations"] = [each for each in suite["expectations"] if each["type"].startswith(OF_ROWS)]
    validator: list[Any] = []

    def judge(name: str) -> list[str]:
        # Started for the first file: there may be none.
        if not validator:
            validator.append(import_module("validate").Validator(suite))
        outcome: Outcome = validator[0].judge([name], validator[0].quick)
        return outcome.reasons if outcome.verdict == "blocked" else []

    return judge


def _validate(draft: str, new: list[str]) -> None:
    """Let the suite, if there is one, judge the data as it would be; raise BlockedError."""
    if not SUITE.exists():
        return
    if import_module("validate").main(["--data", draft, "--no-docs"]):
        report = json.loads(Path("reports", "validate.json").read_text(encoding="utf-8"))
        if report["verdict"] == "error":
            raise ValueError(f"the new data could not be validated: {report['reasons'][0]}")
        raise BlockedError(report, new)


def _trained_on(path: str, before: str) -> str:
    """Return the hash of the data that the pipeline ran on last: none yet, or unknown, then `before`."""
    stages = locked()
    deps = [dep for name in stages if name != "validate" for dep in stages[name].get("deps", [])]
    hashes = [hash_of(dep) for dep in deps if dep["path"] == path.rstrip("/")]
    never = Path("dvc.yaml").exists() and not deps
    return "" if never else next(iter(hashes), before)


if __name__ == "__main__":
    sys.exit(main())
