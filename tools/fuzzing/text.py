"""Mutations of a spec's text: what editors, merges and bad luck do to bytes, lines and indentation."""

from collections.abc import Callable
from random import Random

from fuzzing.seeds import Seeds

Mutation = Callable[[Random, bytes, Seeds], bytes]

_WORDS = (
    *(": ", ":", "- ", "-", "? ", "#", " #", "[", "]", "{", "}", ",", "'", '"', "`", "@", "%", "\\", "|\n", ">-\n"),
    *("&a ", "*a", "<<: *a", "!!python/object:os.system ", "!x ", "---\n", "...\n", "%YAML 1.1\n", "\t", "  ", "\n"),
    *("\r\n", "\r", "\0", "\x07", "\x1b[2J", "\x7f", "\x85", "\u2028", "\ufeff", "\ud800", "é", "\U0001f600"),
    *("null", "~", "true", "yes", "0x1F", "1e3", ".inf", ".nan", "5%", "30s", "hourly", "extends: mlops.yaml\n"),
    *("${{ x }}", "{{ x }}", "<%= x %>", "\u202e", "version: 2\n", "version: 1\n", "x-a: 1\n"),
    "AKIAIOSFODNN7" + "EXAMPLE",
)  # fmt: skip
_TOKENS = tuple(word.encode("utf-8", "surrogatepass") for word in _WORDS)


def mutate(rng: Random, seeds: Seeds) -> tuple[dict[str, bytes], str]:
    """Return the files of a mutated spec, and which of them is the spec."""
    seed = rng.choice(seeds.bad if rng.random() < 0.2 else seeds.good)
    name = rng.choice(sorted(seed.files)) if rng.random() < 0.1 else seed.spec
    text = seed.files[name]
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        text = rng.choice(_MUTATIONS)(rng, text, seeds)
    return {**seed.files, name: text}, seed.spec


def _flip(rng: Random, text: bytes, _seeds: Seeds) -> bytes:
    at = rng.randrange(len(text) + 1)
    return text[:at] + bytes((rng.randrange(256),)) + text[at + 1 :]


def _insert(rng: Random, text: bytes, _seeds: Seeds) -> bytes:
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(_TOKENS) + text[at:]


def _cut(rng: Random, text: bytes, _seeds: Seeds) -> bytes:
    at = rng.randrange(len(text) + 1)
    return text[:at] + text[at + rng.choice((1, 2, 5, 40, len(text))) :]


def _line(change: Callable[[Random, list[bytes], int], None]) -> Mutation:
    def mutation(rng: Random, text: bytes, _seeds: Seeds) -> bytes:
        lines = text.split(b"\n")
        change(rng, lines, rng.randrange(len(lines)))
        return b"\n".join(lines)

    return mutation


def _indent(rng: Random, lines: list[bytes], at: int) -> None:
    lines[at] = rng.choice((b" ", b"  ", b"    ", b"\t", b"- ")) + lines[at]


def _outdent(rng: Random, lines: list[bytes], at: int) -> None:
    lines[at] = lines[at][rng.choice((1, 2, 4)) :]


def _drop(_rng: Random, lines: list[bytes], at: int) -> None:
    del lines[at]


def _repeat(rng: Random, lines: list[bytes], at: int) -> None:
    # Mostly a slip of the editor, now and then a file of a size that nobody writes.
    lines[at:at] = [lines[at]] * rng.choice((1, 1, 1, 2, 50, 3000))


def _swap(rng: Random, lines: list[bytes], at: int) -> None:
    other = rng.randrange(len(lines))
    lines[at], lines[other] = lines[other], lines[at]


def _join(_rng: Random, lines: list[bytes], at: int) -> None:
    lines[at : at + 2] = [b" ".join(lines[at : at + 2])]


def _comment(rng: Random, lines: list[bytes], at: int) -> None:
    lines[at] = rng.choice((b"#" + lines[at], lines[at] + b"  # note", lines[at].replace(b"# ", b"", 1)))


def _nest(rng: Random, text: bytes, _seeds: Seeds) -> bytes:
    at = rng.randrange(len(text) + 1)
    return (
        text[:at] + rng.choice((b"[", b"{a: ", b"- ", b"? ", b"'")) * rng.choice((2, 50, 20_000)) + text[at:]
    )


def _splice(rng: Random, text: bytes, seeds: Seeds) -> bytes:
    """Go on with the end of another spec, as a merge gone wrong does."""
    other = rng.choice(seeds.good)
    lines, rest = text.split(b"\n"), other.files[other.spec].split(b"\n")
    return b"\n".join(lines[: rng.randrange(len(lines) + 1)] + rest[rng.randrange(len(rest) + 1) :])


def _ends(rng: Random, text: bytes, _seeds: Seeds) -> bytes:
    encoded = text.decode("utf-8", "replace").encode(
        rng.choice(("utf-16", "utf-8-sig", "latin-1", "utf-32")), "replace"
    )
    return rng.choice((text.replace(b"\n", b"\r\n"), text.replace(b"\n", b"\r"), text.rstrip(b"\n"), encoded))


_MUTATIONS: tuple[Mutation, ...] = (
    *(_flip, _insert, _insert, _cut, _nest, _splice, _ends),
    *map(_line, (_indent, _outdent, _drop, _drop, _repeat, _swap, _join, _comment, _comment)),
)
