"""Cuts a failing spec down to the few lines and characters that still fail in the same way."""

import time
from collections.abc import Callable

Fails = Callable[[bytes], bool]


def minimise(text: bytes, fails: Fails, seconds: float = 20) -> bytes:
    """Return a short text for which `fails` still holds, as far as the time allows."""
    until = time.monotonic() + seconds
    lines = _reduce(text.splitlines(keepends=True), lambda parts: fails(b"".join(parts)), until)
    characters = [bytes((byte,)) for byte in b"".join(lines)]
    return b"".join(_reduce(characters, lambda parts: fails(b"".join(parts)), until))


def _reduce(parts: list[bytes], fails: Callable[[list[bytes]], bool], until: float) -> list[bytes]:
    size = max(len(parts) // 2, 1)
    while size and time.monotonic() < until:
        start = 0
        while start < len(parts) and time.monotonic() < until:
            rest = parts[:start] + parts[start + size :]
            if fails(rest):
                parts = rest
            else:
                start += size
        size //= 2
    return parts
