"""A new section in an old text: where it goes, and that nothing else moves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlopsc.begin.insert import NoPlace, insert
from mlopsc.source import read_document
from mlopsc.spec.root import KEYS

NEW = "# New.\ndrift:\n  schedule: daily\n"
HEAD = "version: 1\nmodel: {name: churn}\n"


def inserted(spec: str | bytes, section: str = "drift", text: str = NEW) -> bytes:
    data = spec.encode() if isinstance(spec, str) else spec
    return insert(data, read_document(data, "mlops.yaml").root, section, text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (HEAD, f"{HEAD}\n{NEW}"),
        (HEAD.rstrip("\n"), f"{HEAD}\n{NEW}"),
        (f"{HEAD}\n\n", f"{HEAD}\n\n{NEW}"),
        (f"{HEAD}# the end\n", f"{HEAD}# the end\n\n{NEW}"),
        (f"{HEAD}ci: {{provider: github}}\n", f"{HEAD}\n{NEW}\nci: {{provider: github}}\n"),
        (f"{HEAD}\n\n\nci: {{}}\n", f"{HEAD}\n\n\n{NEW}\nci: {{}}\n"),
        (f"{HEAD}# of ci\n#  too\nci: {{}}\n", f"{HEAD}\n{NEW}\n# of ci\n#  too\nci: {{}}\n"),
        (f"{HEAD}  # of model\nci: {{}}\n", f"{HEAD}  # of model\n\n{NEW}\nci: {{}}\n"),
        (f"{HEAD}# of model\n\nci: {{}}\n", f"{HEAD}# of model\n\n{NEW}\nci: {{}}\n"),
        ("ci: {}\nversion: 1\n", f"{NEW}\nci: {{}}\nversion: 1\n"),
        ("# top\nci: {}\nversion: 1\n", f"{NEW}\n# top\nci: {{}}\nversion: 1\n"),
        (f"---\n{HEAD}...\n", f"---\n{HEAD}\n{NEW}\n...\n"),
        (f"{HEAD}x-note: a\n", f"{HEAD}x-note: a\n\n{NEW}"),
        ("  version: 1\n  ci: {}\n", "  version: 1\n\n  # New.\n  drift:\n    schedule: daily\n\n  ci: {}\n"),
    ],
)
def test_place(before: str, after: str) -> None:
    assert inserted(before).decode() == after


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_line_ends_are_those_of_the_spec(end: str) -> None:
    before = f"{HEAD}ci: {{}}\n".replace("\n", end)
    assert inserted(before).decode() == f"{HEAD}\n{NEW}\nci: {{}}\n".replace("\n", end)


def test_mixed_line_ends_stay() -> None:
    assert inserted(b"version: 1\r\nmodel: {}\nci: {}\r") == (
        b"version: 1\r\nmodel: {}\n\r\n# New.\r\ndrift:\r\n  schedule: daily\r\n\r\nci: {}\r"
    )


def test_byte_order_mark_stays_first() -> None:
    assert inserted(b"\xef\xbb\xbfci: {}\nversion: 1\n").startswith(b"\xef\xbb\xbf# New.\n")


@pytest.mark.parametrize("spec", ["{version: 1, model: {name: churn}}\n", "{\nversion: 1\n}\n"])
def test_a_spec_in_braces_has_no_place(spec: str) -> None:
    with pytest.raises(NoPlace, match=r"^mlops.yaml:1:1: write each section on a line of its own"):
        inserted(spec)


NAMES = [name for name in KEYS if name != "drift"]
BLOCKS = st.builds(
    lambda name, comment, value, blank: f"{comment}{name}:{value}\n{blank}",
    st.sampled_from(NAMES),
    st.sampled_from(["", "# about\n", "# a\n\n# b\n"]),
    st.sampled_from(
        [" 1", " {a: [1, 2]}  # why", "\n  a: |\n    # no comment\n\n    text\n  b: 2", '\n  - "x\n\n    y"']
    ),
    st.sampled_from(["", "\n", "\n\n"]),
)


@given(st.lists(BLOCKS, min_size=1, max_size=6, unique_by=lambda block: block.split(":")[0].split("\n")[-1]))
def test_all_that_was_there_is_still_there(blocks: list[str]) -> None:
    before = "".join(blocks)
    after = inserted(before).decode()
    at = after.index("# New.")
    head, tail = after[:at], after[at + len(NEW) :]
    assert before in (head + tail, head + tail[1:], head[:-1] + tail, head[:-1] + tail[1:])
    old, new = (read_document(text.encode(), "").root.data() for text in (before, after))
    assert new.pop("drift") == {"schedule": "daily"}
    assert new == old
    followers = [name for name in NAMES if list(KEYS).index(name) > list(KEYS).index("drift") and name in old]
    keys = list(read_document(after.encode(), "").root.data())
    assert keys[keys.index("drift") + 1 :][:1] == followers[:1]
