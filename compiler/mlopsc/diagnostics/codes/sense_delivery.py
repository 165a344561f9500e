"""M35x: progressive delivery."""

from mlopsc.diagnostics.codes.base import Code

_CANARY = """\
serving: {image: ghcr.io/acme/churn, inputs: {age: integer}, replicas: 8, slo: {error_rate: 1%}}
connections: {prometheus: {url: 'http://prometheus:9090'}}
environments: {production: {cluster: {context: prd-eu}}}
"""


class M350(Code):
    """The steps of a canary do not rise, or one of them is all of the traffic.

    Each step shows the version to more users than the one before; after the last one it is promoted,
    which needs no step of its own.

    Fix: order the steps, each once and below 100%, e.g. `[5%, 25%, 50%]`.
    """

    title = "steps that do not rise"
    example = _CANARY + "deployment: {strategy: canary, provider: istio, steps: [25%, 5%], hold: 10m}"


class M351(Code):
    """The provider cannot do what is asked of it.

    Mirroring, routing by a header, and Helm charts are not possible everywhere; doing something similar
    instead would test less than the spec says.

    Fix: choose another provider, or remove what it cannot do.
    """

    title = "provider cannot do that"
    example = (
        _CANARY + "deployment: {strategy: canary, provider: none, steps: [20%], hold: 10m, shadow_first: 30m}"
    )


class M352(Code):
    """Without a mesh this share of the traffic is not possible.

    Kubernetes spreads requests evenly over pods: with k canary pods, at least two, beside a fixed number
    of replicas, the canary gets k/(replicas + k) and nothing in between.

    Fix: take the nearest share, change the number of replicas, or use a provider with a mesh.
    """

    title = "share of pods"
    example = _CANARY + "deployment: {strategy: canary, provider: none, steps: [5%], hold: 10m}"


class M356(Code):
    """A value becomes a label in Kubernetes, and Kubernetes would not take it.

    A value of a label has at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit first and
    last. Cutting or replacing what does not fit would book costs to a name that nobody knows.

    Fix: write it as a label, e.g. `growth-eu` for `Growth (EU)`.
    """

    title = "no value of a label"
    example = """\
serving: {image: ghcr.io/acme/churn, inputs: {age: integer}}
deployment: {strategy: rolling}
costs: {center: Growth (EU)}
environments: {production: {cluster: {context: prd-eu}}}"""


class M359(Code):
    """A canary is judged by a latency that nobody waits for.

    A request is given up after 30 seconds, by the mesh or by who asks; what took longer is seen nowhere, so
    that a limit there could never be broken, and a version that hangs would be promoted.

    Fix: name a limit below 30 seconds, such as the latency at which somebody complains.
    """

    title = "limit beyond what is measured"
    example = """\
serving: {image: ghcr.io/acme/churn, inputs: {age: integer}, slo: {latency_p95: 60s}}
connections: {prometheus: {url: 'http://prometheus:9090'}}
environments: {production: {cluster: {context: prd-eu}}}
deployment: {strategy: canary, provider: istio, steps: [5%, 50%], hold: 10m}"""


_TESTED = """\
data: {path: data/customers.csv, id: customer_id}
outcomes: {path: data/outcomes.csv, id: customer_id, value: churned, delay: 30d}
pipeline:
  stages:
    train: {cmd: python src/train.py, deps: [data/customers.csv], outs: [models/model], metrics: [m.json]}
registry: {gate: [{metric: accuracy, min: 0.8}]}
connections: {prometheus: {url: 'http://prometheus:9090'}}
environments: {production: {cluster: {context: prd-eu}}}
deployment: {strategy: canary, provider: istio, steps: [50%], hold: 1h}
"""
_SERVED = """\
serving:
  image: ghcr.io/acme/churn
  inputs: {age: integer}
  slo: {error_rate: 1%}
  prediction_log: {path: 's3://acme/predictions/'}
"""


class M360(Code):
    """An A/B test cannot find what it is planned for in the time that it has.

    Its ids are `traffic` of the service x `for` x `traffic` of the test, each request taken as another's,
    and from each an outcome comes. With too few of them a better version is mostly kept back, or nothing is
    decided, after weeks in which part of the users had a version that nobody needs. The same is true of
    results that are looked at more often than the generated schedules look, which is each hour.

    Fix: take one of the ways that the hint proposes: each was computed in the same way and would do.
    """

    title = "A/B test that cannot decide"
    example = _TESTED + _SERVED + "  traffic: 10/h\nab_test: {traffic: 10%, for: 7d, metric: accuracy}"


class M361(Code):
    """Something about an A/B test is left to luck, or costs more than it has to.

    Without the expected traffic nobody knows how long a test takes; an absolute improvement of a figure
    that the spec does not name cannot be planned for; and with more than half of the users in it, as much
    is learnt as with the rest of them.

    Fix: say what is missing, or take the smaller share.
    """

    title = "A/B test to look at again"
    severity = "warning"
    example = _TESTED + _SERVED + "ab_test: {traffic: 10%, for: 7d, metric: accuracy}"


class M362(Code):
    """An A/B test is to be decided by a metric that predictions and outcomes do not give.

    The metrics of the pipeline are computed by your own code from the data of the training. What users do
    comes as one outcome for each id: either it is the true label, which a few metrics compare with the
    prediction, or it is itself what counts, and its mean is compared.

    Fix: choose a metric that the hint names, or let `outcomes.value` be what you want to compare.
    """

    title = "metric that outcomes do not give"
    example = (
        _TESTED
        + _SERVED
        + """\
  traffic: 20/s
ab_test: {traffic: 10%, for: 7d, metric: profit}
metrics: {profit: {better: higher}}"""
    )
