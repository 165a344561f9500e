"""Write schemas/mlops.schema.json from the models; `--check` only compares."""

import sys
from pathlib import Path

from mlopsc.spec.schema import text

TARGET = Path(__file__).parent.parent / "schemas" / "mlops.schema.json"


def main() -> int:
    """Return 0 when the file holds the schema (now), 1 when `--check` finds another."""
    wanted = text().encode()
    if TARGET.is_file() and TARGET.read_bytes() == wanted:
        return 0
    if "--check" in sys.argv[1:]:
        print(f"{TARGET.name} is stale: run `make schema`", file=sys.stderr)
        return 1
    TARGET.write_bytes(wanted)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
