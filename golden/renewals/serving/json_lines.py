"""What the service says: one line of JSON for each event, on standard output."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

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
        if record.exc_info:
            said["traceback"] = self.formatException(record.exc_info)
        said |= {name: value for name, value in vars(record).items() if name not in USUAL}
        return json.dumps(said, ensure_ascii=False, default=str)


def begin() -> None:
    """Send everything that is logged to standard output, from INFO upwards."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(Line())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
