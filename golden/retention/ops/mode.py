"""A stage that records whether training starts anew, so that DVC sees when that changes.

DVC does not look at the environment: without this, `MLOPS_MODE=full` would not train again.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from verdict import write_json

MODES = ("full", "incremental")


def main() -> int:
    """Write reports/mode.json; return 2 for a mode that does not exist."""
    mode = os.environ.get("MLOPS_MODE") or "full"
    if mode not in MODES:
        print(f"MLOPS_MODE is {mode}, not one of {', '.join(MODES)}", file=sys.stderr)
        return 2
    write_json(Path("reports", "mode.json"), {"mode": mode})
    return 0


if __name__ == "__main__":
    sys.exit(main())
