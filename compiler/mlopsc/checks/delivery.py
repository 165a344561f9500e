"""Goals for delivery: a target lies within its limit."""

from collections.abc import Iterator

from mlopsc.diagnostics import Diagnostic
from mlopsc.resolve import View


def times(view: View) -> Iterator[Diagnostic]:
    """What is aimed at is allowed (M305)."""
    for key in ("pipeline_duration", "time_to_restore"):
        time = getattr(view.spec.delivery, key, None)
        if time and time.target and time.max and time.target.seconds > time.max.seconds:
            message = f"the target {time.target.text} is beyond the limit {time.max.text}"
            yield Diagnostic(
                "M305", message, ("delivery", key, "target"), hint="exchange `target` and `max`?"
            )


RULES = (times,)
