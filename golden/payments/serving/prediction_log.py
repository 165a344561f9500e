"""The log of predictions: a row for each, with the request's id, its time, version, inputs and answer.

Never in the way of a request: answers wait in a queue of bounded size, and a thread writes them; those
that find it full are counted and left out, those that wait there when the process is killed are lost.
"""

from __future__ import annotations

import logging
import queue
import tempfile
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from given import Given
from prediction_files import Files, Row
from prediction_uploads import Uploads
from prometheus_client import REGISTRY, CollectorRegistry, Counter

LOG = logging.getLogger("service.predictions")
# What a stop waits for the disk, and then for the store.
FINISH_SECONDS = 5.0


@dataclass(frozen=True)
class Answered:
    """One request that was answered; `weight` is the size of its body in bytes."""

    request_id: str
    at: datetime
    rows: list[Row]
    answers: list[Any]
    weight: int


class PredictionLog:
    """Takes answers at once, and writes them later."""

    def __init__(self, settings: Given, registry: CollectorRegistry = REGISTRY) -> None:
        """Take the settings, which name a place, and where the metrics are kept; start to write."""
        names, constant = tuple(settings.labels), settings.labels.values()
        for name in ("written", "dropped"):
            about = f"Predictions that were {name} by the log."
            counter = Counter(f"model_prediction_log_{name}_total", about, names, registry=registry)
            setattr(self, name, counter.labels(*constant))
        self.settings, self.most = settings, settings.log["queue_bytes"]
        self.waiting: queue.SimpleQueue[Answered | None] = queue.SimpleQueue()
        self.weight, self.lock = 0, threading.Lock()
        place = settings.log_place
        remote = "://" in place
        folder = Path(tempfile.mkdtemp(prefix="predictions-")) if remote else Path(place)
        kinds = {**settings.inputs, **settings.key, settings.log["time"]: "timestamp", "row": "integer"}
        self.files = Files(folder, settings.log, kinds)
        self.uploads = Uploads(folder, place, self._lost) if remote else None
        self.thread = threading.Thread(target=self._run, name="predictions", daemon=True)
        self.thread.start()

    written: Any
    dropped: Any

    def put(self, answered: Answered) -> None:
        """Queue an answer, or leave it out when too much waits."""
        with self.lock:
            fits = self.weight + answered.weight <= self.most
            self.weight += answered.weight if fits else 0
        if fits:
            self.waiting.put(answered)
        else:
            self.dropped.inc(len(answered.answers))

    def finish(self) -> None:
        """Write what waits, as far as the time allows."""
        self.waiting.put(None)
        self.thread.join(FINISH_SECONDS)
        if self.uploads:
            self.uploads.finish(FINISH_SECONDS)

    def _run(self) -> None:
        ends = False
        while not ends:
            try:
                answered = self.waiting.get(timeout=self.files.left())
            except queue.Empty:
                self._guarded(self._close)
                continue
            ends = answered is None
            if answered is None:
                self._guarded(self._close)
            else:
                self._write(answered)

    def _write(self, answered: Answered) -> None:
        with self.lock:
            self.weight -= answered.weight
        before = self.files.path
        if self._guarded(lambda: self.files.add(self._rows(answered))):
            self.written.inc(len(answered.answers))
        else:
            self.dropped.inc(len(answered.answers))
        if self.files.left() == 0:
            self._guarded(self._close)
        elif self.uploads and (self.files.open is None or self.files.path != before):
            self.uploads.tell()

    def _lost(self, name: str) -> None:
        self.dropped.inc(self.files.counts.get(name, 0))

    def _close(self) -> None:
        self.files.close()
        if self.uploads:
            self.uploads.tell()

    def _guarded(self, work: Any) -> bool:
        """Do some work; a disk that is full must end neither the thread nor the service."""
        try:
            work()
        except Exception:
            LOG.exception("predictions were not written")
            self.files.open = None
            return False
        return True

    def _rows(self, answered: Answered) -> list[Row]:
        head = {"request_id": answered.request_id, self.settings.log["time"]: answered.at}
        version = {"version": self.settings.version}
        return [
            {**head, "row": index, **version, **row, **columns(answer)}
            for index, (row, answer) in enumerate(zip(answered.rows, answered.answers, strict=True))
        ]


def columns(answer: Any) -> Row:
    """Return an answer as columns: `prediction`, or one for each part of it."""
    if isinstance(answer, dict):
        return {f"prediction_{name}": _flat(part) for name, part in answer.items()}
    if isinstance(answer, list):
        return {f"prediction_{index}": _flat(part) for index, part in enumerate(answer)}
    return {"prediction": answer}


def _flat(part: Any) -> Any:
    return str(part) if isinstance(part, dict | list) else part
