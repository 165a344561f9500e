"""Specs with an A/B test, and what the compiler makes of it."""

from mlopsc.checks.statistics.experiment import Planned, planned
from mlopsc.spec import parse

from tests.unit.checks.saying import document

_REST = """\
data: {{path: data/customers.csv, id: customer_id}}
outcomes: {{path: data/outcomes.csv, id: customer_id, value: churned}}
pipeline: {{stages: {{train: {{cmd: python src/train.py, outs: [models/model], metrics: [m.json]}}}}}}
registry: {{gate: [{gate}]}}
deployment: {{strategy: canary, provider: istio, steps: [50%], hold: 1h}}
environments: {{production: {{cluster: {{context: prd}}}}}}
serving:
  {{image: acme/churn, inputs: {{age: integer}}, slo: {{error_rate: 1%}}, traffic: {traffic},
    prediction_log: {{path: 's3://acme/log/'}}}}
ab_test: {{{test}}}
"""


def plan_of(test: str, gate: str = "{metric: accuracy, min: 0.8}", traffic: str = "20/s") -> Planned:
    """Return the A/B test of a spec as it is planned."""
    found = planned(parse(document(_REST.format(test=test, gate=gate, traffic=traffic))))
    assert found
    return found
