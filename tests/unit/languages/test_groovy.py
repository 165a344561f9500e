"""Groovy: text that means nothing more, and holes only where a whole value stands."""

import pytest
from mlopsc.languages import LANGUAGES, Unwritable, language_of
from mlopsc.render.placement import MisplacedHole, check_placement

GROOVY = LANGUAGES["groovy"]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("it's ${x} \\ $y", "'it\\'s ${x} \\\\ $y'"),
        ("TZ=UTC\n0 0 * * *", "'TZ=UTC\\n0 0 * * *'"),
        ("\x07", "'\\007'"),
        ("\\\u2028", "'\\134\\u2028'"),
        (["a", 1, True, None], "['a', 1, true, null]"),
        ([], "[]"),
    ],
)
def test_values(value: object, code: str) -> None:
    assert GROOVY.encode(value) == code


@pytest.mark.parametrize("value", [1.5, {"a": 1}, "\ud800"])
def test_what_it_cannot_say(value: object) -> None:
    with pytest.raises(Unwritable):
        GROOVY.encode(value)


def test_a_comment_stays_one() -> None:
    assert GROOVY.header("a \\u000a sh 'id'") == "// a \\ u000a sh 'id'\n"


def test_a_name_is_that_of_a_variable() -> None:
    assert GROOVY.filters["name"]("SLACK_URL") == "SLACK_URL"
    with pytest.raises(Unwritable):
        GROOVY.filters["name"]("A = sh('id')")


@pytest.mark.parametrize(
    "line",
    [
        "label <%= x %>",
        "sh(<%= x %>, returnStatus: true)",
        "<%= x | name %> = credentials(<%= x %>)",
        "// <%= x | comment %>",
    ],
)
def test_where_a_hole_may_stand(line: str) -> None:
    check_placement(line, "a.groovy", GROOVY)


@pytest.mark.parametrize(
    "line",
    [
        "sh 'make <%= x %>'",
        'sh "make <%= x %>"',
        "sh '''<%= x %>'''",
        "a<%= x %>",
        "/<%= x %>/",
        "// <%= x %>",
        "$<%= x %>",
    ],
)
def test_where_it_may_not(line: str) -> None:
    with pytest.raises(MisplacedHole):
        check_placement(line, "a.groovy", GROOVY)


@pytest.mark.parametrize("path", ["Jenkinsfile", "jenkins/train.groovy"])
def test_its_files(path: str) -> None:
    assert language_of(path) is GROOVY
