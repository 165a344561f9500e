"""How a version comes into service."""

from typing import Literal

from pydantic import Field

from mlopsc.spec.base import Opt, Section, Some
from mlopsc.spec.limits import PromoteIf
from mlopsc.spec.units.durations import Duration
from mlopsc.spec.units.shares import Share
from mlopsc.spec.units.text import Command


class Deployment(Section):
    """Kubernetes when an environment names a cluster, else one host."""

    strategy: Literal["rolling", "canary", "shadow"] = Field(
        "rolling",
        description="`rolling` replaces, `canary` shifts traffic in steps, `shadow` mirrors it first.",
        examples=["canary"],
    )
    provider: Opt[Literal["istio", "argo-rollouts", "flagger", "gateway-api", "kserve", "none"]] = Field(
        None, description="What shifts the traffic; `none` is Kubernetes without a mesh.", examples=["istio"]
    )
    packaging: Literal["kustomize", "helm"] = Field(
        "kustomize", description="Form of the manifests.", examples=["kustomize"]
    )
    mode: Opt[Literal["knative", "standard"]] = Field(
        None, description="KServe's mode.", examples=["standard"]
    )
    steps: Opt[Some[Share]] = Field(
        None, description="Shares of traffic that the canary gets, rising.", examples=[["5%", "25%", "50%"]]
    )
    hold: Opt[Duration] = Field(None, description="How long each step is watched.", examples=["10m"])
    promote_if: Opt[PromoteIf] = Field(
        None, description="What each step must show.", examples=[{"min_requests": 500}]
    )
    on_no_data: Literal["rollback", "wait"] = Field(
        "rollback",
        description="Without data: roll back, or wait until the deadline; it never promotes.",
        examples=["rollback"],
    )
    shadow_first: Opt[Duration] = Field(
        None,
        description="Mirror traffic for so long and compare answers before any user sees one.",
        examples=["30m"],
    )
    test: Opt[Command] = Field(
        None,
        description="Command that tests staging before production.",
        examples=["pytest tests/integration"],
    )
