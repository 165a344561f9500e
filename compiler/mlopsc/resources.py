"""Where the package's own data lies: inside a wheel, or beside compiler/ in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """Return the folder of `templates` or `schemas`."""
    packed = _PACKAGE / name
    return packed if packed.is_dir() else _PACKAGE.parent.parent / name
