"""Bring new data into training: the user's own command, or the new files of `incoming` appended.

The data is new until the pipeline has trained on it, so that a run killed between the two is made
good by the next. What the suite blocks is not appended: the data stays as it is.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from digests import digest, hash_of, locked
from incoming import take
from processes import dvc, git, shell
from settings import settings
from verdict import Outcome, run


def main() -> int:
    """Fetch; return 0 for `fetched` and `nothing new`, 3 for blocked, 2 for an error."""
    return run("fetch", lambda: fetch(settings()["data"]))


class BlockedError(ValueError):
    """New files that the suite lets nobody train on: the report of the validation, and their names."""


def fetch(config: dict[str, Any]) -> Outcome:
    """Bring the data up to date, renew its .dvc file, and say whether there is anything to train on."""
    path, before, new = config["path"], digest(config["path"]), list[str]()
    if config.get("fetch"):
        shell(config["fetch"])
    elif config.get("incoming"):
        try:
            new = take(config, _validate)
        except BlockedError as block:
            report, files = block.args
            return Outcome(
                "blocked", {"files": len(files)}, [*report["reasons"], f"left out: {', '.join(files)}"]
            )
    after = digest(path)
    if not after:
        raise FileNotFoundError(f"there is no data at {path}")
    _track(path)
    if after == _trained_on(path, before):
        return Outcome("nothing new", reasons=[f"{path} is what the pipeline ran on last"])
    return Outcome("fetched", {"files": len(new)} if new else {}, new)


def _track(path: str) -> None:
    """Renew the .dvc file of the data, or make it: not of what git holds, of a URL, or of a pattern."""
    plain = not any(sign in path for sign in ("://", "*", "?", "["))
    if plain and Path(".dvc").is_dir() and not git("ls-files", "--", path):
        dvc("add", "--quiet", path)


def _validate(draft: str, new: list[str]) -> None:
    """Let the suite, if there is one, judge the data as it would be; raise BlockedError."""
    if not Path("config", "suite.json").exists():
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
