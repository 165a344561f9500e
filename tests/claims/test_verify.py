"""Rendered text is read back by a parser of its language before anything is written."""

import pytest
from mlopsc.diagnostics import Rejected
from mlopsc.files import File, Rendered, Template, Verbatim
from mlopsc.verify import verify


@pytest.mark.parametrize(
    ("path", "text"), [("a.yml", "a: [1\n"), ("a.yml", "a: &x 1\nb: *x\n"), ("a.py", "a = (\n")]
)
def test_what_its_language_refuses_is_not_written(path: str, text: str) -> None:
    with pytest.raises(Rejected) as refused:
        list(verify([Rendered(File(path, Template(path), at=("drift",)), text.encode())]))
    (found,) = refused.value.diagnostics
    assert (found.code, found.path) == ("M504", ("drift",))
    assert found.message.startswith(f"{path} would not be readable: ")


def test_what_can_be_read_passes_as_it_is() -> None:
    good = [
        Rendered(File("a.yml", Template("a.yml")), b"a: 1\n"),
        Rendered(File("a.py", Verbatim("a.py")), b"copied as it is, tested where it stands ("),
    ]
    assert list(verify(good)) == good
