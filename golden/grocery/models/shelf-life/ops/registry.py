"""The model registry: the one place that talks to MLflow, and says plainly when MLflow does not answer."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import verdict
from settings import resolve, settings
from tracking import connect, plainly

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion

# Tags of runs and versions; the first is what makes registering idempotent.
MODEL_HASH, GATE, ROLLED_BACK, REASON = "mlops.model_hash", "mlops.gate", "mlops.rolled_back", "mlops.reason"
# Seconds since 1970: MLflow does not say since when a version has its alias.
PROMOTED = "mlops.promoted"
# Until when a rollout of the version goes on by itself; with the environment's name behind it, if it has one.
ROLLOUT = "mlops.rollout"


def wanted(arguments: list[str]) -> str:
    """Return the version that is asked for: an argument, else VERSION=7 of make, else the champion."""
    return arguments[0] if arguments else os.environ.get("VERSION") or "champion"


class Registry:
    """The versions of one model; a version is text, for some stores give a number and others text."""

    def __init__(self, config: dict[str, Any], client: MlflowClient) -> None:
        """Take the configuration and a connection."""
        self.config, self.client = config, client
        self.name: str = config["model"]["name"]

    def aliases(self) -> dict[str, str]:
        """Return the version that each alias names."""
        from mlflow.exceptions import MlflowException

        try:
            model = self.client.get_registered_model(self.name)
        except MlflowException as fault:
            if fault.error_code == "RESOURCE_DOES_NOT_EXIST":
                return {}
            raise
        return {alias: str(version) for alias, version in model.aliases.items()}

    def create(self) -> None:
        """Create the registered model, which holds the versions, unless it is there."""
        from mlflow.exceptions import MlflowException

        try:
            self.client.create_registered_model(self.name)
        except MlflowException as fault:
            if fault.error_code != "RESOURCE_ALREADY_EXISTS":
                raise

    def version(self, wanted: str) -> ModelVersion:
        """Return a version by number or alias; raise ValueError if there is none."""
        from mlflow.exceptions import MlflowException

        number = self.aliases().get(wanted, wanted)
        if not number.isdigit():
            raise ValueError(f"{self.name} has no {wanted} yet")
        try:
            return self.client.get_model_version(self.name, number)
        except MlflowException as fault:
            if fault.error_code == "RESOURCE_DOES_NOT_EXIST":
                raise ValueError(f"{self.name} has no version {number}") from None
            raise

    def by_hash(self, model_hash: str) -> ModelVersion | None:
        """Return the version that has this model, if it was registered before."""
        query = f"name = '{self.name}' and tags.`{MODEL_HASH}` = '{model_hash}'"
        return next(iter(self.client.search_model_versions(query)), None)

    def point(self, alias: str, version: str) -> None:
        """Let an alias name a version."""
        self.client.set_registered_model_alias(self.name, alias, version)

    def release(self, alias: str) -> None:
        """Take an alias away, if it is there."""
        if alias in self.aliases():
            self.client.delete_registered_model_alias(self.name, alias)

    def tag(self, version: str, key: str, value: str) -> None:
        """Set a tag of a version."""
        self.client.set_model_version_tag(self.name, version, key, value)

    def untag(self, version: str, key: str) -> None:
        """Take a tag of a version away."""
        self.client.delete_model_version_tag(self.name, version, key)

    @contextmanager
    def artifact(self, version: ModelVersion, path: str) -> Iterator[Path | None]:
        """Lend a file or folder of the run that made a version; None if the run has no such thing."""
        run, folder = str(version.run_id), path.rpartition("/")[0]
        if path not in {item.path for item in self.client.list_artifacts(run, folder or None)}:
            yield None
            return
        with tempfile.TemporaryDirectory() as scratch:
            yield Path(self.client.download_artifacts(run, path, scratch))


def run(step: str, work: Callable[[Registry], verdict.Outcome]) -> int:
    """Do the work of a step with the registry; return its exit code."""
    return verdict.run(step, lambda: _connected(work))


def _connected(work: Callable[[Registry], verdict.Outcome]) -> verdict.Outcome:
    with connected(settings()) as store:
        return work(store)


@contextmanager
def connected(config: dict[str, Any]) -> Iterator[Registry]:
    """Lend the registry of a configuration; raise ConnectionError when the store does not answer."""
    uri = str(resolve(config["tracking"]["uri"]))
    client = connect(uri)
    with plainly(uri):
        yield Registry(config, client)
