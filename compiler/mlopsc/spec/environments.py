"""Environments: a cluster, an approval, and overlays of some sections."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from mlopsc.spec.base import Opt, Section
from mlopsc.spec.ci import Cloud
from mlopsc.spec.units.formats import KubernetesName
from mlopsc.spec.units.text import Name, Text


@dataclass(frozen=True, slots=True)
class Overlays:
    """Marks a mapping that overlays the section of that name: any part of it, null removes."""

    section: str


class Cluster(Section):
    """A Kubernetes cluster; its presence makes deployments go to Kubernetes."""

    context: Opt[Text] = Field(None, description="kubectl's context.", examples=["prd-eu"])
    namespace: Opt[KubernetesName] = Field(None, description="Namespace.", examples=["ml"])


Part = dict[str, Any]


class Environment(Section):
    """One place where the model runs; what it says overlays the spec's own sections."""

    cluster: Opt[Cluster] = Field(
        None, description="Its cluster.", examples=[{"context": "prd-eu", "namespace": "ml"}]
    )
    cloud: Opt[Cloud] = Field(
        None,
        description="Identity of deployments to it; default: `ci.cloud`.",
        examples=[{"aws_role": "arn:aws:iam::123456789012:role/churn-production"}],
    )
    approval: bool = Field(False, description="A person must agree before a deployment.", examples=[True])
    tracking: Annotated[Part | None, Overlays("tracking")] = Field(
        None, description="Overlay of `tracking`.", examples=[{"uri": {"env": "MLFLOW_TRACKING_URI"}}]
    )
    connections: Annotated[Part | None, Overlays("connections")] = Field(
        None, description="Overlay of `connections`.", examples=[{"redis": {"url": {"env": "REDIS_URL"}}}]
    )
    serving: Annotated[Part | None, Overlays("serving")] = Field(
        None, description="Overlay of `serving`.", examples=[{"replicas": 1}]
    )
    deployment: Annotated[Part | None, Overlays("deployment")] = Field(
        None, description="Overlay of `deployment`.", examples=[{"strategy": "rolling"}]
    )
    monitoring: Annotated[Part | None, Overlays("monitoring")] = Field(
        None, description="Overlay of `monitoring`.", examples=[{"dashboard": None}]
    )
    costs: Annotated[Part | None, Overlays("costs")] = Field(
        None, description="Overlay of `costs`.", examples=[{"keep_latest": 1}]
    )


Environments = Annotated[dict[Name, Environment], Field(min_length=1)]
