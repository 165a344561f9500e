"""A document in the tags of an MLflow experiment, for machines that keep no files."""

from __future__ import annotations

import base64
import json
import secrets
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from tracking import connect, plainly

# A tag holds 5000 signs in MLflow's own databases.
PART = 4500
# How long a tag may take from one machine to the next, and how long a lock outlives its owner.
SETTLE_SECONDS, LEASE_SECONDS, PATIENCE_SECONDS = 0.5, 60.0, 180.0

Document = dict[str, Any]


class TagState:
    """A document, compressed, in as many tags as it needs; a head tag says which of them are valid."""

    def __init__(self, uri: str, experiment: str, name: str) -> None:
        """Take the store, the experiment, made if it is not there yet, and the name of the document."""
        self.uri, self.client = uri, connect(uri)
        self.experiment, self.head = experiment, f"mlops.state.{name}"
        self.lock = f"{self.head}.lock"

    def get(self) -> Document:
        """Return the document; raise ConnectionError when the store does not answer."""
        with plainly(self.uri):
            tags = self._tags()
        generation, _, count = tags.get(self.head, "").partition(" ")
        if not generation:
            return {}
        text = "".join(tags[f"{self.head}.{generation}.{part}"] for part in range(int(count)))
        return dict(json.loads(zlib.decompress(base64.b85decode(text))))

    def update(self, change: Callable[[Document], Document]) -> Document:
        """Replace the document under a lock; killed on the way, it is the old one or the new one."""
        with plainly(self.uri), self._locked():
            document = change(self.get())
            self._write(document)
        return document

    def _write(self, document: Document) -> None:
        text = base64.b85encode(zlib.compress(json.dumps(document).encode())).decode()
        parts = [text[start : start + PART] for start in range(0, len(text), PART)]
        generation = secrets.token_hex(4)
        for number, part in enumerate(parts):
            self._set(f"{self.head}.{generation}.{number}", part)
        self._set(self.head, f"{generation} {len(parts)}")
        # What earlier documents, or writers that were killed, left behind.
        current = (f"{self.head}.{generation}.", self.lock)
        for key in self._tags():
            if key.startswith(f"{self.head}.") and not key.startswith(current):
                self.client.delete_experiment_tag(self._id, key)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock, by Fischer's algorithm: whoever still finds its own mark after a pause has it.

        Sound while a tag that was written is seen within SETTLE_SECONDS. A lock whose owner was
        killed ends after LEASE_SECONDS; raises TimeoutError after PATIENCE_SECONDS.
        """
        mine, deadline = secrets.token_hex(8), time.monotonic() + PATIENCE_SECONDS
        while not self._taken(mine):
            if time.monotonic() > deadline:
                raise TimeoutError(f"the tag {self.lock} of the experiment {self.experiment} stays locked")
            time.sleep(SETTLE_SECONDS)
        try:
            yield
        finally:
            if self._owned(mine):
                self._set(self.lock, "")

    def _taken(self, mine: str) -> bool:
        owner, _, until = self._tags().get(self.lock, "").partition(" ")
        if owner and float(until) > time.time():
            return False
        self._set(self.lock, f"{mine} {time.time() + LEASE_SECONDS}")
        time.sleep(SETTLE_SECONDS)
        return self._owned(mine)

    def _owned(self, mine: str) -> bool:
        return self._tags().get(self.lock, "").startswith(mine)

    def _set(self, key: str, value: str) -> None:
        self.client.set_experiment_tag(self._id, key, value)

    @cached_property
    def _id(self) -> str:
        """Return the experiment's id; of two machines that make it at once, one finds it made."""
        from mlflow.exceptions import MlflowException

        if there := self._made():
            return there
        try:
            return str(self.client.create_experiment(self.experiment))
        except MlflowException as fault:
            if fault.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
            return self._made()

    def _made(self) -> str:
        found = self.client.get_experiment_by_name(self.experiment)
        return str(found.experiment_id) if found else ""

    def _tags(self) -> dict[str, str]:
        return dict(self.client.get_experiment(self._id).tags)
