"""One retraining, from what asks for it to what became of it: what it knows, decides and writes down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from digests import digest
from records import Counted, count
from state import Document, State
from steps import Attempts, Take, World
from triggers import Call, Sign, mode, signs
from verdict import FINE, Outcome

# How many events are remembered, and how many objects that are not there any more, newest last.
MAX_EVENTS, MAX_GONE = 1_000, 100_000


@dataclass(frozen=True)
class Retraining:
    """What it knows, and what it acts through."""

    config: dict[str, Any]
    state: State
    world: World

    def answer(self, call: Call) -> Outcome:
        """Decide, and if it is time, train; what an earlier call began is finished in any case."""
        return self.decide(call) or self.train(Attempts(self.config, self.begun["mode"], self.world).take)

    @property
    def steps(self) -> list[str]:
        """The make commands of a training."""
        return list(self.config["retraining"]["steps"])

    @property
    def begun(self) -> Document:
        """What was begun and has not ended."""
        return dict(self.state.get().get("running", {}))

    def decide(self, call: Call) -> Outcome | None:
        """Return why not to train; None where it is time, and that is written down."""
        known = self._forgotten(self.state.get())
        new = self._count(known)
        found = signs(self.config, call, self.world.clock(), new)
        fresh = [sign for sign in found if sign.id and sign.id not in known.get("events", [])]
        begun = known.get("running")
        if not begun and (no := self._not_now(known, found, fresh)):
            return no
        if not begun or not {sign.id for sign in fresh} <= set(begun["events"]):
            self._begin(fresh, new)
        return None

    def _forgotten(self, known: Document) -> Document:
        """Begin again what was cut off on a machine whose files are gone."""
        if "running" not in known or not self.config["retraining"].get("forgets"):
            return known
        return self.state.update(lambda old: old | {"running": {**old["running"], "done": []}})

    def _count(self, known: Document) -> Counted:
        """Count the new records, and remember what was counted."""
        if not self.config["retraining"]["triggers"].get("new_records"):
            return Counted()
        new = count(self.config["data"], known.get("seen", []), known.get("counted", {}))
        if new.rows != known.get("counted", {}):
            self.state.update(lambda old: old | {"counted": new.rows})
        for line in new.unreadable:
            print(line, flush=True)
        return new

    def _not_now(self, known: Document, found: list[Sign], fresh: list[Sign]) -> Outcome | None:
        """Return why not to train, if there is a reason; a person does not wait for the cooldown."""
        if not fresh:
            lines = [f"{sign.said}; that was dealt with" if sign.id else sign.said for sign in found]
            return Outcome("not due", reasons=lines)
        end = known.get("trained_at", float("-inf")) + self.config["retraining"].get("cooldown_seconds", 0)
        if self.world.clock() < end and not any(sign.id.startswith("manual:") for sign in fresh):
            until = f"not before {datetime.fromtimestamp(end, UTC):%Y-%m-%d %H:%M:%S} UTC"
            return Outcome("cooling down", reasons=[*(sign.said for sign in fresh), until])
        return None

    def _begin(self, fresh: list[Sign], new: Counted) -> None:
        """Write down what is about to happen; an event that joins what was cut off fetches again."""
        how, why = mode(self.config)

        def change(known: Document) -> Document:
            begun = known.get("running", {"events": [], "reasons": [], "fetched": False})
            events = dict.fromkeys([*begun["events"], *(sign.id for sign in fresh)])
            reasons = dict.fromkeys([*begun["reasons"], *(sign.said for sign in fresh), *[why] * bool(why)])
            more = {"events": list(events), "reasons": list(reasons), "marks": new.marks}
            return known | {"running": {**begun, **more, "mode": how, "done": []}}

        self.state.update(change)

    def train(self, take: Take) -> Outcome:
        """Take the steps that are not done yet, until one of them ends it."""
        known = self.state.get()
        begun, figures = known["running"], dict[str, float]()
        for step in [step for step in self.steps if step not in begun["done"]]:
            outcome = take(step)
            figures |= {name: value for name, value in outcome.figures.items() if name == "version"}
            reasons = [*begun["reasons"], *outcome.reasons]
            if outcome.verdict == "error":
                lines = [*reasons, f"`make {step}` failed; the next `make retrain` goes on there"]
                return Outcome("error", figures, lines)
            if step == "fetch" and not begun["fetched"] and self.nothing_new(outcome, known):
                return self._settle(Outcome("nothing new", figures, reasons))
            if outcome.verdict not in FINE:
                return self._settle(Outcome(outcome.verdict, figures, reasons))
            begun = self.remember(done=[*begun["done"], step], fetched=True)
        return self._settle(Outcome("trained", figures, begun["reasons"]))

    def nothing_new(self, fetched: Outcome, known: Document) -> bool:
        """Return whether the data was trained on; where DVC's lock is not kept, only we know."""
        found = digest(self.config["data"]["path"])
        return fetched.verdict == "nothing new" or (bool(found) and found == known.get("data"))

    def remember(self, **more: Any) -> Document:
        """Write down more of what was begun; return all of it."""
        new = self.state.update(lambda known: known | {"running": {**known["running"], **more}})
        return dict(new["running"])

    def _settle(self, outcome: Outcome) -> Outcome:
        """End it in one write; what is blocked stays new, and its events may come again."""
        ended, data = self.world.clock(), digest(self.config["data"]["path"])

        def change(known: Document) -> Document:
            begun, rest = known["running"], {key: known[key] for key in known if key != "running"}
            if outcome.verdict == "blocked":
                return rest
            rest["events"] = [*known.get("events", []), *begun["events"]][-MAX_EVENTS:]
            there, counted = dict.fromkeys(begun["marks"]), known.get("counted", {})
            gone = [mark for mark in known.get("seen", []) if mark not in there]
            rest["seen"] = [*gone[-MAX_GONE:], *there]
            rest["counted"] = {mark: counted[mark] for mark in counted if mark not in there}
            trained = outcome.verdict != "nothing new"
            return rest | ({"trained_at": ended, "data": data} if trained else {})

        self.state.update(change)
        return outcome
