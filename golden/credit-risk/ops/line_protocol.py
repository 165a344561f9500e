"""From Prometheus' text format to InfluxDB's line protocol.

A series becomes the measurement of its name, its labels become tags, its value the field `value`. InfluxDB
knows neither NaN nor infinity: these are left out. In a tag a line break is written as the two signs that
Python writes it by, and a backslash at the end, which would escape what follows, gets a `_` after it
(docs.influxdata.com/influxdb/v1/write_protocols/line_protocol_reference, "Special characters").
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

SAMPLE = re.compile(r"([A-Za-z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?")
LABEL = re.compile(r'\s*([A-Za-z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*,?')
UNESCAPED = {r"\\": "\\", r"\"": '"', r"\n": "\n"}
BREAKS = str.maketrans({"\n": r"\n", "\r": r"\r", "\t": r"\t", "\f": r"\f", "\v": r"\v", "\0": r"\0"})


def lines(page: str, time_ns: int) -> tuple[list[str], int]:
    """Return a line for each sample of a page, all of one time, and how many samples were left out.

    Raises ValueError for a line that is not Prometheus' text format.
    """
    values = list(samples(page))
    known = [(name, labels, value) for name, labels, value in values if math.isfinite(value)]
    written = [line(name, labels, value, time_ns) for name, labels, value in known]
    return written, len(values) - len(known)


def samples(page: str) -> Iterator[tuple[str, dict[str, str], float]]:
    """Yield name, labels and value of each sample."""
    for text in page.split("\n"):
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        found = SAMPLE.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"this is no sample of Prometheus' text format: {text[:100]}")
        yield found[1], _labels(found[2] or ""), float(found[3])


def _labels(text: str) -> dict[str, str]:
    labels, place = {}, 0
    while place < len(text):
        found = LABEL.match(text, place)
        if found is None:
            raise ValueError(f"these are no labels of Prometheus' text format: {text[:100]}")
        labels[found[1]] = re.sub(r'\\[\\"n]', lambda sign: UNESCAPED[sign[0]], found[2])
        place = found.end()
    return labels


def line(name: str, labels: dict[str, str], value: float, time_ns: int) -> str:
    """Return one point; an empty label is none, as in Prometheus."""
    tags = "".join(f",{key}={tag(text)}" for key, text in sorted(labels.items()) if text)
    return f"{name}{tags} value={value!r} {time_ns}"


def tag(text: str) -> str:
    """Return a tag's value as it stands in a line."""
    plain = text.translate(BREAKS)
    return re.sub(r"([,= ])", r"\\\1", f"{plain}_" if plain.endswith("\\") else plain)
