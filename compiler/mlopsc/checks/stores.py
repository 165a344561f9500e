"""What must outlive a run is not kept on a machine that is thrown away after it."""

from collections.abc import Iterator

from mlopsc import defaults
from mlopsc.diagnostics import Diagnostic
from mlopsc.resolve import View

_WRITERS = ("retraining", "registry", "scoring")


def tracking(view: View) -> Iterator[Diagnostic]:
    """Versions are kept where the next run finds them (M345)."""
    spec, writer = view.spec, _writer(view)
    uri = spec.tracking.uri if spec.tracking else None
    local = uri is None or (uri.kind == "literal" and _local(uri.value))
    if writer and defaults.forgets(view.spec) and local:
        at = ("tracking", "uri") if view.document.find(("tracking", "uri")) else (writer,)
        store = f"`{uri.value}`" if uri else "a local file"
        where = f"on a runner of {_scheduler(view)} that forgets"
        message = f"the versions of `{writer}` would be kept in {store}, {where}"
        hint = "name a server: `tracking: {uri: {env: MLFLOW_TRACKING_URI}}`; or say `scheduler: cron`"
        yield Diagnostic("M345", message, at, hint=hint, on_key=len(at) == 1)


def remote(view: View) -> Iterator[Diagnostic]:
    """So are data and models (M345)."""
    where = view.spec.data.remote if view.spec.data else None
    if where and view.spec.pipeline and defaults.forgets(view.spec) and _local(where):
        message = f"`{where}` is a folder on a runner of {_scheduler(view)} that forgets"
        hint = "name a store that all runners reach, e.g. `remote: s3://bucket/dvc`; or say `scheduler: cron`"
        yield Diagnostic("M345", message, ("data", "remote"), hint=hint)


def state(view: View) -> Iterator[Diagnostic]:
    """So are marks and cooldowns (M345)."""
    if view.spec.retraining and view.spec.retraining.state == "file" and defaults.forgets(view.spec):
        message = f"`state: file` would be lost with each runner of {_scheduler(view)}"
        hint = "write `state: tracking`: marks and cooldowns are tags in the tracking store"
        yield Diagnostic("M345", message, ("retraining", "state"), hint=hint)


def scores(view: View) -> Iterator[Diagnostic]:
    """And so are scores that a schedule makes (M345)."""
    scoring = view.spec.scoring
    if scoring and scoring.schedule and defaults.forgets(view.spec) and _local(scoring.output):
        message = f"`{scoring.output}` would be lost with each runner of {_scheduler(view)}"
        hint = "write to a URL, e.g. `output: s3://bucket/scores.parquet`; or say `scheduler: cron`"
        yield Diagnostic("M345", message, ("scoring", "output"), hint=hint)


def _writer(view: View) -> str:
    return next((name for name in _WRITERS if getattr(view.spec, name) is not None), "")


def _scheduler(view: View) -> str:
    return {"github": "GitHub", "jenkins": "Jenkins"}.get(defaults.scheduler(view.spec), "")


def _local(uri: str) -> bool:
    return uri.startswith(("sqlite:", "file:")) or "://" not in uri


RULES = (tracking, remote, state, scores)
