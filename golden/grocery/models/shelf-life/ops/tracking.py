"""The connection to MLflow, which says plainly when MLflow does not answer."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlflow import MlflowClient


def connect(uri: str) -> MlflowClient:
    """Return a client of a tracking store: no telemetry, no progress bars, few retries, only warnings."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    # MLflow's seven retries take four minutes until a server that is down is called so.
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "3")
    if "://" not in uri or uri.startswith("file:"):
        os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=uri, registry_uri=uri)


@contextmanager
def plainly(uri: str) -> Iterator[None]:
    """Turn what MLflow raises into a ConnectionError of one line, without the store's credentials."""
    from mlflow.exceptions import MlflowException

    try:
        yield
    except MlflowException as fault:
        reason = _public(str(fault.message).strip().split("\n")[0], uri)
        raise ConnectionError(f"the tracking store {_public(uri, uri)} did not do it: {reason}") from fault


def _public(text: str, uri: str) -> str:
    """Return a text without the user and the password of the store's address."""
    secret = re.search(r"//([^@/]+)@", uri)
    return text.replace(f"{secret[1]}@", "") if secret else text
