"""Where the reference, the current data and the predictions are, and which files of them are looked at."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from drift_window import window
from suffixes import suffix_of
from tables import find

# Put there when a version is promoted; before the first promotion the training data itself is the reference.
SNAPSHOT = ".mlops/reference.parquet"
# Files, and their format.
Side = tuple[list[str], str]


class Places:
    """The places of one configuration; `seen` is what to remember of the files that were looked at."""

    def __init__(self, config: dict[str, Any], given: str, memory: dict[str, Any]) -> None:
        """Take the configuration, a path instead of its current data, and what was remembered."""
        self.config, self.data, self.given, self.memory = config, config["data"], given, memory
        self.seen: dict[str, Any] = {}
        self.empty: list[str] = []

    def reference(self) -> Side | None:
        """Return the reference, None without a champion that has one; raise FileNotFoundError."""
        path = self.config["drift"]["reference"]
        if path == "training":
            registered = "registry" in self.config
            if registered and not Path(SNAPSHOT).exists():
                # A clone has none yet; the champion does.
                import_module("promote").bring(self.config)
            if registered and not Path(SNAPSHOT).exists():
                self.empty.append("there is no champion to compare with (tracking names where versions are)")
                return None
            path = SNAPSHOT if Path(SNAPSHOT).exists() else self.data["path"]
        suffix = suffix_of(path, self.data["format"])
        return find(path, suffix), suffix

    def current(self) -> Side | None:
        """Return the current data: what came in since the last check, none if there is nothing."""
        if self.given:
            suffix = suffix_of(self.given, self.data["format"])
            return find(self.given, suffix), suffix
        kind = self.config["drift"]["current"]
        if kind == "predictions":
            return self._window("columns", self._log())
        return self._window("columns", self.data["incoming"] if kind == "incoming" else self._scored("input"))

    def predictions(self) -> Side | None:
        """Return the predictions that were made since the last check, none if there are none."""
        return self._window("predictions", self._log())

    def all_predictions(self) -> Side:
        """Return all predictions: labels arrive long after the check that first saw these."""
        path, suffix = self._log(), suffix_of(self._log(), self.data["format"])
        return find(path, suffix), suffix

    def _window(self, name: str, path: str) -> Side | None:
        if not path:
            self.empty.append("no predictions are kept in files: there is nothing to compare")
            return None
        suffix = suffix_of(path, self.data["format"])
        found = window(path, suffix, self.memory.get(name, {}))
        if not found.files:
            self.empty.append(f"{path}: there is nothing to compare yet")
            return None
        self.seen[name] = found.memory
        return found.files, suffix

    def _log(self) -> str:
        """Return where predictions are, empty where they go to a broker."""
        if "scoring" in self.config:
            return self._scored("output")
        return str(self.config.get("serving", {}).get("prediction_log", {}).get("path", ""))

    def _scored(self, key: str) -> str:
        return str(self.config["scoring"][key])
