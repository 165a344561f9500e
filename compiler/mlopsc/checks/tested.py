"""An A/B test of the spec takes place somewhere."""

from collections.abc import Iterator

from mlopsc.checks.environments import strategy_of
from mlopsc.diagnostics import Diagnostic
from mlopsc.resolve import View


def somewhere(view: View) -> Iterator[Diagnostic]:
    """Some environment has the canary that it follows (M307)."""
    written, places = view.spec.deployment, view.spec.environments
    if view.spec.ab_test is None or written is None or not places:
        return
    if written.strategy == "canary" and all(
        strategy_of(each, written.strategy) != "canary" for each in places.values()
    ):
        message = "`ab_test` takes place nowhere: no environment has a canary"
        hint = "leave `strategy: canary` to one of them, e.g. production, or remove `ab_test`"
        yield Diagnostic("M307", message, ("ab_test",), hint=hint, on_key=True)


RULES = (somewhere,)
