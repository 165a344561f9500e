"""What is watched: a model in one environment."""

from dataclasses import dataclass

from mlopsc.model import Environment, Model, Monitoring
from mlopsc.targets.monitoring.promql import Scope


@dataclass(frozen=True, slots=True)
class Watched:
    """A model in an environment; `batch` says that its scheduled jobs run there."""

    model: Model
    environment: Environment
    monitoring: Monitoring
    batch: bool

    @property
    def scope(self) -> Scope:
        """The labels of all series."""
        return {"model": self.model.name} | (
            {"environment": self.environment.name} if self.environment.name else {}
        )

    @property
    def called(self) -> str:
        """What people call it: `churn`, or `churn in production`."""
        return f"{self.model.name} in {self.environment.name}" if self.environment.name else self.model.name

    @property
    def folder(self) -> str:
        """Where its files lie."""
        return f"monitoring/{self.environment.name}".rstrip("/")


def watched(model: Model) -> tuple[Watched, ...]:
    """Return each environment in which something is alerted on."""
    last = model.environments[-1].name if model.environments else ""
    return tuple(
        Watched(model, each, each.monitoring, each.name == last)
        for each in model.environments
        if model.name and each.monitoring and each.monitoring.rules
    )
