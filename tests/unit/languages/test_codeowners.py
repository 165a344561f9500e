"""Lines of CODEOWNERS hold plain words: whatever would need an escape is refused."""

import pytest
from mlopsc.languages import Unwritable, language_of
from mlopsc.languages.codeowners import CODEOWNERS


def test_owners_stand_side_by_side() -> None:
    assert CODEOWNERS.encode(["@acme/ml", "ann+ml@example.com"]) == "@acme/ml ann+ml@example.com"
    assert CODEOWNERS.encode("/models/churn/") == "/models/churn/"


@pytest.mark.parametrize("text", ["", "@a @b", "a#b", "!a", "a\n* @mallory", "a\\ b", "[a]", "é"])
def test_what_needs_an_escape_is_refused(text: str) -> None:
    with pytest.raises(Unwritable):
        CODEOWNERS.encode(text)
    with pytest.raises(Unwritable):
        CODEOWNERS.encode(["@acme/ml", text])


def test_its_file() -> None:
    assert language_of(".github/CODEOWNERS") is CODEOWNERS
