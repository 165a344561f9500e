"""What a dot means in a template."""

from typing import Any


def look(value: Any, name: str) -> Any:
    """Return an attribute, or an item of that name, as jinja2 does; raises KeyError without either."""
    try:
        return getattr(value, name)
    except AttributeError:
        return value[name]
