"""Figures in words: as the templates of Prometheus write them, and as people write a threshold."""

import math

# Templates of Prometheus by unit (prometheus.io/docs/prometheus/latest/configuration/template_reference).
SHOWN = {
    "share": "{{ $value | humanizePercentage }}",
    "seconds": "{{ $value | humanizeDuration }}",
    "number": '{{ printf "%.4g" $value }}',
}
_UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


def literal(text: str) -> str:
    """Return text that the templates of Prometheus leave as it is."""
    return text.replace("{{", '{{ "{{" }}')


def level(value: float, unit: str) -> str:
    """Return a threshold as people write it: `1%`, `200ms`, `7d`, `0.1`."""
    if unit == "share":
        return f"{value * 100:.6g}%"
    return duration(value) if unit == "seconds" else f"{value:.6g}"


def duration(seconds: float) -> str:
    """Return a time in the largest units that it has: `90s` is `1m30s`; also what Prometheus reads."""
    if seconds != int(seconds):
        return f"{seconds * 1000:g}ms"
    rest, said = int(seconds), ""
    for unit, size in _UNITS:
        count, rest = divmod(rest, size)
        said += f"{count}{unit}" if count else ""
    return said or "0s"


def printed(value: float, unit: str) -> str:
    """Return what the template of a unit makes of a value."""
    if unit == "share":
        return f"{_four(value * 100)}%"
    return _elapsed(value) if unit == "seconds" else _four(value)


def _elapsed(value: float) -> str:
    """Write a time of zero or more as humanizeDuration does."""
    if value == 0 or math.isinf(value):
        return f"{_four(value)}{'' if value else 's'}"
    if value < 1:
        prefix = "m" if value * 1000 >= 1 else "u"
        return f"{_four(value * (1000 if prefix == 'm' else 1e6))}{prefix}s"
    whole = int(value)
    days, hours, minutes, seconds = whole // 86400, whole // 3600 % 24, whole // 60 % 60, whole % 60
    if days:
        return f"{days}d {hours}h {minutes}m {seconds}s"
    if hours:
        return f"{hours}h {minutes}m {seconds}s"
    return f"{minutes}m {seconds}s" if minutes else f"{_four(value)}s"


def _four(value: float) -> str:
    """Write four significant digits as Go's `%.4g` does."""
    return "+Inf" if value == math.inf else f"{value:.4g}"
