"""M353 to M355, M357, M358: figures of drift tests, the gate and a canary that chance alone decides."""

from mlopsc.diagnostics.codes.base import Code


class M353(Code):
    """Without any drift the drift check would raise an alarm more than once a week.

    Each test is wrong now and then; many tests, run often and not corrected, are wrong nearly every time,
    and soon nobody looks. The figure is the number of runs in 30 days, each of new data of `min_rows` rows,
    times the chance that one of them finds drift where there is none.

    Fix: correct for many tests with `correction: fdr_bh`, lower `p_value`, or wait for more rows by
    `min_rows`.
    """

    title = "many false alarms"
    severity = "warning"
    example = """\
data: {path: data/customers.csv, incoming: data/incoming/}
drift:
  schedule: hourly
  tests: [{columns: [age, spend_30d, spend_90d], method: ks, p_value: 0.05}]
  correction: none
  min_rows: 100"""


class M354(Code):
    """With as few rows as `min_rows` a test cannot see what is called drift.

    The smaller a sample, the larger the effects of chance: a p-value then stays high whatever
    `min_effect` says, or a shift of a whole standard deviation is missed more often than once in five times.

    Fix: raise `min_rows`, or `min_effect` to what so few rows can show.
    """

    title = "too few rows to see drift"
    severity = "warning"
    example = """\
data: {path: data/customers.csv, incoming: data/incoming/}
drift: {tests: [{columns: [age], method: ks, p_value: 0.05}], min_rows: 10}"""


class M355(Code):
    """The gate asks for an improvement that even all rows of the data could not tell from chance.

    A share of n rows, such as accuracy, is known to within its 95% interval; of two models that are
    equally good, one then often looks better by more than `by`.

    Fix: evaluate on more rows, and say so in `validation.rows.min`; or ask for a larger improvement.
    """

    title = "improvement within chance"
    severity = "warning"
    example = """\
validation: {rows: {min: 1000}}
pipeline:
  stages:
    train: {cmd: python src/train.py, deps: [data/customers.csv], outs: [models/model], metrics: [m.json]}
registry: {gate: [{metric: accuracy, improves_on: champion, by: 0.005}]}"""


_CANARY = """\
connections: {prometheus: {url: 'http://prometheus:9090'}}
environments: {production: {cluster: {context: prd-eu}}}
"""


class M357(Code):
    """In the time that a step is held, too few requests reach the canary for a verdict.

    Its requests are `traffic` x share x `hold`, give or take what chance does. Where a step would see
    `min_requests` less often than every second time, every version would be rolled back for want of data;
    with `on_no_data: wait` what counts is the time until the deadline. A hold below a minute is over
    before Prometheus, which asks every 15 seconds, has seen anything.

    Fix: hold each step longer, lower `min_requests`, or begin with a larger step.
    """

    title = "hold too short"
    example = (
        """\
serving: {image: ghcr.io/acme/churn, inputs: {age: integer}, traffic: 1/s, slo: {error_rate: 1%}}
"""
        + _CANARY
        + "deployment: {strategy: canary, provider: istio, steps: [5%, 50%], hold: 10m}"
    )


class M358(Code):
    """Chance has a large part in the verdict of a canary.

    Of few requests, a version with twice the allowed errors often has no more than allowed, and one with
    half of them more. It is said when the bad one is promoted more often than 10 times of 100, or the
    sound one rolled back more often than 20 times of 100, over all steps. The errors of different requests
    are taken as independent; what other limits do is not counted.

    Fix: hold each step longer, or ask for more requests by `min_requests` with `on_no_data: wait`.
    """

    title = "canary decides by chance"
    severity = "warning"
    example = (
        """\
serving: {image: ghcr.io/acme/churn, inputs: {age: integer}, traffic: 1/s, slo: {error_rate: 1%}}
"""
        + _CANARY
        + """\
deployment:
  {strategy: canary, provider: istio, steps: [20%], hold: 10m, promote_if: {min_requests: 50}}"""
    )
