"""M34x: metrics, drift, retraining, alerts, and who runs them."""

from mlopsc.diagnostics.codes.base import Code


class M340(Code):
    """A metric is judged that is neither well known nor declared.

    To compare two figures one must know which direction is better. It is known of accuracy, f1, rmse and
    the like; every other metric says so in `metrics`.

    Fix: correct the name, or declare it: `metrics: {profit_at_10: {better: higher}}`.
    """

    title = "unknown metric"
    example = "retraining: {triggers: {metric: {metric: acuracy, drops_by: 0.05}}}"


class M341(Code):
    """A bound of the gate lets the worse versions pass and keeps the better ones out.

    `min` is for metrics of which more is better, `max` for those of which less is.

    Fix: exchange `min` and `max`, or correct the direction in `metrics`.
    """

    title = "wrong direction"
    example = """\
pipeline:
  stages:
    train: {cmd: python src/train.py, deps: [data/customers.csv], metrics: [metrics.json]}
registry: {gate: [{metric: rmse, min: 12.5}]}
scheduler: cron"""


class M342(Code):
    """An alert fires when its figure is good.

    `above` is for what should be low, such as errors and drift; `below` for what should be high.

    Fix: exchange `above` and `below`, or correct the direction in `metrics`.
    """

    title = "alert on the good side"
    severity = "warning"
    example = "monitoring: {alerts: [{metric: accuracy, above: 0.9}]}"


class M343(Code):
    """The drift tests have a reference, and nothing recent to compare with it.

    New data is taken from `data.incoming`, else from `scoring.input`, else from the log of predictions.

    Fix: add one of the three.
    """

    title = "no recent data"
    example = "drift: {tests: [{columns: [age], method: ks, p_value: 0.05}]}"


class M344(Code):
    """A trigger of retraining can never fire.

    What it waits for is not there: no drift section, no place where new data lands, no outcomes, or a
    scheduler that cannot be called.

    Fix: add what it waits for, or remove the trigger.
    """

    title = "trigger that never fires"
    example = """\
pipeline:
  stages: {train: {cmd: python src/train.py, deps: [data/customers.csv], outs: [models/model]}}
retraining: {triggers: {drift: true}}"""


class M345(Code):
    """Something that must last is kept on a machine that is thrown away after each run.

    Runners of a hosted scheduler start empty: versions in a local file, a DVC remote in a folder or marks
    in a file would be gone with the runner, and no run would find the champion of the last one. A pod takes
    the predictions along that it has written to its own disk, before an A/B test has read them.

    Fix: name a store that all runners and pods reach, or let cron run the work on one machine.
    """

    title = "store that is forgotten"
    example = """\
scheduler: github
data: {path: data/customers.csv, remote: store}
pipeline:
  stages: {train: {cmd: python src/train.py, deps: [data/customers.csv], outs: [models/model]}}"""


class M346(Code):
    """A schedule asks for more than its scheduler can do.

    GitHub starts a scheduled workflow every five minutes at most, and skips what is asked for more often.

    Fix: say `every 5 minutes` or less often, or let cron run the work: `scheduler: cron`.
    """

    title = "schedule too dense"
    example = "scheduler: github\nvalidation: {schedule: every 2 minutes}"
