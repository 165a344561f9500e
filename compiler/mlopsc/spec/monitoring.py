"""Watching the model in production."""

from typing import Literal

from pydantic import Field

from mlopsc.spec.base import List, Opt, Section
from mlopsc.spec.units.durations import Duration
from mlopsc.spec.units.figures import Threshold
from mlopsc.spec.units.formats import Email, WebAddress
from mlopsc.spec.units.references import Secret
from mlopsc.spec.units.text import MetricName


class Alert(Section):
    """One alerting rule; silent at exactly the threshold."""

    metric: MetricName = Field(
        description="Figure: `drift_score`, `error_rate`, `latency_p50`, `latency_p95`, `latency_p99`, "
        "`request_rate`, `data_valid`, `data_age`, `model_age`, or a metric of the model.",
        examples=["drift_score", "latency_p95"],
    )
    above: Opt[Threshold] = Field(None, description="Fires above.", examples=[0.1, "200ms"])
    below: Opt[Threshold] = Field(None, description="Fires below.", examples=[0.8])
    for_: Opt[Duration] = Field(
        None, alias="for", description="How long it must hold; at once unless set.", examples=["5m"]
    )
    severity: Literal["warning", "page"] = Field("warning", description="Who is woken.", examples=["page"])
    rollback: bool = Field(False, description="Roll back once when it fires.", examples=[True])


class Notify(Section):
    """Receivers of what the automations have to say."""

    slack: Opt[Secret] = Field(
        None, description="Slack's incoming webhook.", examples=[{"secret": "SLACK_WEBHOOK_URL"}]
    )
    email: Opt[Email] = Field(None, description="Mail address.", examples=["ml-oncall@example.com"])
    webhook: Opt[Secret] = Field(
        None, description="URL that gets a JSON document.", examples=[{"secret": "NOTIFY_URL"}]
    )


class Monitoring(Section):
    """Alerts, dashboard, notifications."""

    alerts: List[Alert] = Field(
        (), description="Alerting rules.", examples=[[{"metric": "drift_score", "above": 0.1, "for": "5m"}]]
    )
    dashboard: Opt[Literal["grafana"]] = Field(None, description="Dashboard.", examples=["grafana"])
    notify: Opt[Notify] = Field(
        None, description="Who is told.", examples=[{"email": "ml-oncall@example.com"}]
    )
    format: Literal["files", "operator"] = Field(
        "files",
        description="Plain Prometheus files, or objects of the Prometheus operator.",
        examples=["files"],
    )
    history: Opt[Literal["influxdb"]] = Field(
        None, description="Where figures are kept for long.", examples=["influxdb"]
    )
    runbook_url: Opt[WebAddress] = Field(
        None,
        description="Where people read RUNBOOK.md; alerts link to it.",
        examples=["https://git.example.com/acme/churn/blob/main/RUNBOOK.md"],
    )
