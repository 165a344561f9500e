"""What the service says: one line of JSON for each event, on standard output.

A reader that is slow, or gone, holds up nothing: lines are written by a thread of their own, and those
that do not fit into its queue are left out.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import logging
import queue
import sys
import threading
from datetime import UTC, datetime

QUEUE = 10_000
# What every record has; the rest was given by `extra`.
USUAL = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName", "color_message"}


class Line(logging.Formatter):
    """A record as one line of JSON: time, level, logger, message, and what else was given."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a line break within the message is escaped, as JSON does."""
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        said |= {name: value for name, value in vars(record).items() if name not in USUAL}
        if record.exc_info:
            said["traceback"] = self.formatException(record.exc_info)
        # In ASCII: half of a surrogate pair could not be written.
        return json.dumps(said, default=str)


class Lines(logging.Handler):
    """Writes records to standard output, from a thread of its own."""

    def __init__(self) -> None:
        """Start the thread."""
        super().__init__()
        self.waiting: queue.Queue[str | None] = queue.Queue(QUEUE)
        self.thread = threading.Thread(target=self._write, name="lines", daemon=True)
        self.thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Queue a record, unless too many wait."""
        with contextlib.suppress(queue.Full):
            self.waiting.put_nowait(self.format(record))

    def finish(self) -> None:
        """Write what waits, as far as two seconds allow."""
        try:
            self.waiting.put(None, timeout=1)
        except queue.Full:
            return
        self.thread.join(timeout=1)

    def _write(self) -> None:
        while (line := self.waiting.get()) is not None:
            try:
                sys.stdout.write(line + "\n")
                if self.waiting.empty():
                    sys.stdout.flush()
            except (OSError, ValueError):
                # Nobody reads any more: the service goes on.
                continue


def begin() -> None:
    """Send everything that is logged to standard output, from INFO upwards; of MLflow only warnings."""
    handler = Lines()
    handler.setFormatter(Line())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("mlflow").setLevel(logging.WARNING)
    logging.captureWarnings(True)
    atexit.register(handler.finish)
