"""The online service."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from mlopsc.spec.base import LogicalType, Opt, Section
from mlopsc.spec.limits import Limits
from mlopsc.spec.shorthand import Shorthand
from mlopsc.spec.units.durations import Throughput
from mlopsc.spec.units.figures import Figure
from mlopsc.spec.units.formats import Image, KubernetesName
from mlopsc.spec.units.numbers import Count, Whole, is_number
from mlopsc.spec.units.quantities import Cpu, Memory
from mlopsc.spec.units.text import Location, MetricName, Text


class Replicas(Shorthand):
    """How many copies run: one number, or a range that an autoscaler keeps."""

    short: ClassVar[dict[str, Any]] = {"type": "integer", "minimum": 1, "maximum": 10**12}
    words: ClassVar[str] = "a whole number or a mapping with `min` and `max`"

    min: Count = Field(description="Fewest replicas.", examples=[3])
    max: Count = Field(description="Most replicas.", examples=[12])
    metric: Opt[MetricName] = Field(
        None,
        description="What is scaled on: `cpu` (default), `gpu_memory` or a metric of your own.",
        examples=["cpu"],
    )
    target: Opt[Figure] = Field(None, description="Level that the autoscaler aims at.", examples=["70%"])

    @classmethod
    def expand(cls, raw: Any) -> dict[str, Any] | None:
        """`3` is the range from 3 to 3."""
        if not is_number(raw) or raw != int(raw):
            return None
        count = Whole(1).read(raw)
        return {"min": count, "max": count}

    def contract(self) -> Any:
        """A fixed number that nothing scales is that number."""
        fixed = self.min == self.max and self.metric is None and self.target is None
        return self.min if fixed else None


class Amounts(Section):
    """Kubernetes resources of one replica."""

    cpu: Opt[Cpu] = Field(None, description="Processor.", examples=["250m"])
    memory: Opt[Memory] = Field(None, description="Memory.", examples=["512Mi"])
    gpu: Opt[Count] = Field(None, alias="nvidia.com/gpu", description="Whole GPUs.", examples=[1])


class Resources(Section):
    """What a replica is promised and what it may use."""

    requests: Opt[Amounts] = Field(
        None, description="Promised.", examples=[{"cpu": "250m", "memory": "512Mi"}]
    )
    limits: Opt[Amounts] = Field(
        None,
        description="At most; of memory no more than is requested, where only that is said.",
        examples=[{"memory": "1Gi"}],
    )


class PredictionLog(Section):
    """Where predictions go, with request id and inputs; never in the request's path."""

    path: Opt[Location] = Field(None, description="File or object store.", examples=["logs/predictions/"])
    broker: Opt[Literal["kafka", "rabbitmq", "embedded"]] = Field(
        None, description="Broker that takes them.", examples=["rabbitmq"]
    )
    queue: Opt[Text] = Field(None, description="RabbitMQ's queue.", examples=["predictions"])
    topic: Opt[Text] = Field(None, description="Kafka's topic.", examples=["predictions"])


class Serving(Section):
    """A service that answers with a pinned version of the model."""

    runtime: Literal["fastapi", "mlflow", "bentoml"] = Field(
        "fastapi", description="What serves the model.", examples=["fastapi"]
    )
    image: Opt[Image] = Field(None, description="Image, without a tag.", examples=["ghcr.io/acme/churn"])
    pull_secret: Opt[KubernetesName] = Field(
        None, description="Kubernetes secret that may pull the image.", examples=["registry"]
    )
    inputs: Opt[Annotated[dict[Text, LogicalType], Field(min_length=1)]] = Field(
        None,
        description="Fields of a request; default: `validation.columns` without id, target and timestamp.",
        examples=[{"age": "integer", "plan": "string"}],
    )
    replicas: Opt[Replicas] = Field(
        None,
        description="How many copies run; default: 2.",
        examples=[3, {"min": 3, "max": 12, "metric": "cpu", "target": "70%"}],
    )
    resources: Opt[Resources] = Field(
        None,
        description="Resources of one replica; default: 250m and 512Mi requested, 1Gi at most.",
        examples=[{"requests": {"cpu": "250m", "memory": "512Mi"}}],
    )
    traffic: Opt[Throughput] = Field(
        None,
        description="Expected requests; sizes canary and A/B test, and tells when they cannot decide.",
        examples=["20/s"],
    )
    slo: Opt[Limits] = Field(
        None,
        description="What the service promises; alerts and `promote_if` default from here.",
        examples=[{"error_rate": "1%", "latency_p95": "200ms"}],
    )
    prediction_log: Opt[PredictionLog] = Field(
        None, description="Log of predictions.", examples=[{"broker": "rabbitmq", "queue": "predictions"}]
    )
