"""What the service was given: settings in service.json beside this file, and by the environment who it is.

MODEL_FOLDER     the MLflow model directory; default: model/ beside this file
MODEL_VERSION    the version in it; `local` for a folder that was never registered
MLOPS_ENV        the environment, which then labels every metric
TRACK            which of two versions that serve side by side this is; labels every metric too
AB_TEST_URL      the service's own address, where the mesh takes a request to either; empty: no A/B test
AB_TEST_EXPERIMENT, AB_TEST_SHARE   how ids are dealt, where service.json is of another spec
PREDICTION_LOG   the folder or URL that takes the predictions; empty: none are kept
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
LOCAL = "local"


@dataclass(frozen=True)
class Given:
    """Settings of one service.

    `paths` holds predict, where predictions are asked for; `buckets` are seconds; `limits` holds
    body_bytes, rows, parallel (predictions at once), waiting (requests in hand) and seconds (to send a
    request in); `log` holds the format of the files, their largest size in bytes, their greatest age in
    seconds, the bytes that may queue, and the name of the column with the time; `key` is the field that a
    caller may add so that a later label finds its prediction; `value_buckets` are for predicted numbers.
    `ab_test` is empty without an A/B test, else it holds experiment and share, which deal ids to arms, the
    header that the mesh routes by, id (the field that holds one), seconds (to wait for a canary's answer),
    and back_off_seconds (to answer here when there is none).
    """

    model: str
    runtime: str
    task: str
    inputs: dict[str, str]
    key: dict[str, str]
    buckets: tuple[float, ...]
    value_buckets: tuple[float, ...]
    paths: dict[str, str]
    limits: dict[str, int]
    log: dict[str, Any]
    version: str
    environment: str
    log_place: str
    folder: Path
    track: str = ""
    ab_test: dict[str, Any] = field(default_factory=dict)
    ab_test_url: str = ""

    @property
    def labels(self) -> dict[str, str]:
        """Return the labels that every metric of this process has."""
        known = {"environment": self.environment, "track": self.track}
        where = {name: value for name, value in known.items() if value}
        return {"model": self.model, "version": self.version, **where}


def given(file: Path = HERE / "service.json") -> Given:
    """Return the settings; raise OSError or ValueError where they are not there, or make no sense."""
    said: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    said |= {name: tuple(said[name]) for name in ("buckets", "value_buckets")}
    if "ab_test" in said:
        said["ab_test"] |= _dealt()
    return Given(
        **said,
        version=os.environ.get("MODEL_VERSION") or LOCAL,
        environment=os.environ.get("MLOPS_ENV", ""),
        log_place=os.environ.get("PREDICTION_LOG", ""),
        folder=Path(os.environ.get("MODEL_FOLDER") or HERE / "model"),
        track=os.environ.get("TRACK", ""),
        ab_test_url=os.environ.get("AB_TEST_URL", ""),
    )


def _dealt() -> dict[str, Any]:
    """Return how ids are dealt, as both versions are told; raise ValueError for a share that is none."""
    name, text = (os.environ.get(f"AB_TEST_{key}") for key in ("EXPERIMENT", "SHARE"))
    if not name or not text:
        return {}
    if not 0 < float(text) < 1:
        raise ValueError(f"AB_TEST_SHARE is {text!r}: write a share between 0 and 1")
    return {"experiment": name, "share": float(text)}
