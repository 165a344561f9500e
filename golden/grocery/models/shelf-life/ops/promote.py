"""Move the champion: promote the candidate, or go back to the version before.

The one place that moves `champion` and `previous`, and the drift reference with them. Each step may
be done twice, so that a run that was killed is completed by the next.

    promote.py               the candidate becomes the champion
    promote.py --version 7   that version, which must have passed the gate
    promote.py --back        the previous champion comes back
    promote.py --reference   only brings the champion's drift reference into place
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from typing import Any

import local
import registry
from registry import GATE, PROMOTED, ROLLED_BACK, ROLLOUT, Registry, connected
from verdict import Outcome

# Rows of its training data, and its metrics.
COMPARED_WITH = ("reference.parquet", "reference_metrics.json")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return 0 when it is done, 3 when there is nothing to move to, 2 for an error."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    choice = parser.add_mutually_exclusive_group()
    version = os.environ.get("VERSION")
    choice.add_argument("--version", metavar="NUMBER", default=version, help="instead of the candidate")
    choice.add_argument("--back", action="store_true", help="go back to the previous champion")
    choice.add_argument("--reference", action="store_true", help="move no version")
    given = parser.parse_args(arguments)
    if given.back:
        return registry.run("rollback", roll_back)
    if given.reference:
        return registry.run("reference", bring_reference)
    return registry.run("promote", lambda store: promote(store, given.version))


def promote(store: Registry, wanted: str | None) -> Outcome:
    """Make a version the champion, and the champion the previous one."""
    aliases = store.aliases()
    champion = aliases.get("champion")
    number = wanted or aliases.get("candidate") or champion
    if number is None:
        return Outcome("refused", reasons=["there is no candidate: run `make register` first"])
    if number != champion:
        tags = store.version(number).tags
        if tags.get(GATE) != "passed":
            lines = [
                f"version {number} did not pass the gate",
                "change the rules (registry.gate) or the model",
            ]
            return Outcome("refused", {"version": int(number)}, lines)
        if ROLLED_BACK in tags:
            if not wanted:
                way_out = f"make promote VERSION={number} takes it all the same"
                return Outcome(
                    "refused", {"version": int(number)}, [f"version {number} was rolled back", way_out]
                )
            store.untag(number, ROLLED_BACK)
        if champion:
            store.point("previous", champion)
        _crown(store, number)
    outcome = _done(store, "promoted", number)
    # What gave it its traffic step by step is finished with this.
    for key in [key for key in store.version(number).tags if key.startswith(ROLLOUT)]:
        store.untag(number, key)
    if number == champion and "candidate" not in aliases:
        outcome.reasons.append("there is no new candidate")
    if store.aliases().get("candidate") == number:
        store.release("candidate")
    return outcome


def roll_back(store: Registry) -> Outcome:
    """Make the previous champion the champion; the one that leaves is marked, and not taken again."""
    aliases = store.aliases()
    champion, previous = aliases.get("champion"), aliases.get("previous")
    if previous is None or champion is None:
        return Outcome(
            "refused",
            reasons=[
                "there is no previous version to go back to",
                "make promote VERSION=n takes an older one",
            ],
        )
    if champion != previous:
        store.tag(champion, ROLLED_BACK, "true")
        _crown(store, previous)
    outcome = _done(store, "rolled back", previous)
    candidate = store.aliases().get("candidate")
    if candidate and ROLLED_BACK in store.version(candidate).tags:
        store.release("candidate")
    if "deployment" in store.config:
        at_once = " AT_ONCE=1" if "rollout" in store.config else ""
        outcome.reasons.append(f"what serves is another matter: make deploy VERSION={previous}{at_once}")
    # Last: without it, going back is over.
    store.release("previous")
    return outcome


def bring_reference(store: Registry) -> Outcome:
    """Bring the champion's drift reference to a clone that does not have it; raise ValueError without one."""
    return _done(store, "restored", str(store.version("champion").version))


def bring(config: dict[str, Any]) -> None:
    """Bring the champion's drift reference to a clone; nothing where there is no champion yet."""
    with connected(config) as store:
        if "champion" in store.aliases():
            bring_reference(store)


def _crown(store: Registry, number: str) -> None:
    store.tag(number, PROMOTED, str(int(time.time())))
    store.point("champion", number)


def _done(store: Registry, verdict: str, number: str) -> Outcome:
    """Bring what drift is measured against into place, and say what is the champion now."""
    version = store.version(number)
    for name in COMPARED_WITH:
        with store.artifact(version, f"origin/{name}") as kept:
            if kept is not None:
                local.put(name, kept.read_bytes())
            else:
                # Another version's data would be worse than none.
                (local.FOLDER / name).unlink(missing_ok=True)
    return Outcome(verdict, {"version": int(number)}, [f"version {number} of {store.name} is the champion"])


if __name__ == "__main__":
    sys.exit(main())
