"""Templates of Helm: a value never begins an action, in a scalar, a comment or a string of an action."""

import pytest
from mlopsc.languages import LANGUAGES, Unwritable, language_of
from mlopsc.render.placement import MisplacedHole, check_placement

HELM = LANGUAGES["helm"]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("churn", "churn"),
        ("{{ .Values.x }}", "'{{ \"{{\" }} .Values.x }}'"),
        ("{{{{-", '\'{{ "{{" }}{{ "{{" }}-\''),
        ("{{{", "'{{ \"{{\" }}{'"),
        ("a\n{{", '"a\\n{{ "{{" }}"'),
        (["{{", 1], "['{{ \"{{\" }}', 1]"),
        ("}}", "'}}'"),
    ],
)
def test_values(value: object, code: str) -> None:
    assert HELM.encode(value) == code


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("churn.labels", '"churn.labels"'),
        ('"}} {{ fail', '"\\"}} {{ fail"'),
        ("a\\", '"a\\\\"'),
        ("\n\x85\u2028\U000e0001", '"\\u000a\\u0085\\u2028\\U000e0001"'),
    ],
)
def test_strings_of_an_action(value: str, code: str) -> None:
    assert HELM.filters["go"](value) == code


@pytest.mark.parametrize("write", [HELM.encode, HELM.filters["go"], HELM.filters["name"]])
def test_what_it_cannot_say(write: object) -> None:
    with pytest.raises(Unwritable):
        write("\ud800")  # type: ignore[operator]


def test_a_comment_stays_one() -> None:
    assert HELM.header("a */}} {{ fail") == "{{/* a * /}} {{ fail */}}\n"


@pytest.mark.parametrize(
    "line",
    [
        "  name: <%= x %>",
        "- <%= x %>",
        "<%= x | name %>: <%= x %>",
        "{{- define <%= x | go %> -}}",
        '  name: {{ printf "%s-%s" <%= x | go %> $digest }}',
        "  name: {{ compact (list <%= x | go %> $track) }}",
        "{{/* <%= x | comment %> */}}",
    ],
)
def test_where_a_hole_may_stand(line: str) -> None:
    check_placement(line, "helm/templates/a.yaml", HELM)


@pytest.mark.parametrize(
    "line",
    [
        "  name: <%= x %>-stable",
        "  name: {{ <%= x %> }}",
        '  name: {{ "<%= x | go %>" }}',
        "  name: <%= x | go %>",
        "  {{ end }} <%= x | go %>",
        "# <%= x | comment %>",
        "{{/* <%= x %> */}}",
        "  text: |\n    <%= x %>",
    ],
)
def test_where_it_may_not(line: str) -> None:
    with pytest.raises(MisplacedHole):
        check_placement(line, "helm/templates/a.yaml", HELM)


@pytest.mark.parametrize(
    "text",
    [
        '{{- define "x" -}}\na: b\n{{- end }}\n{{ define "y" }}\n- c\n{{ end }}\n',
        "a:\n  {{- toYaml .x | nindent 2 }}\nb: {{ .y }}\n",
        "a: '{{ \"{{\" }}'\nb: {{ `}}` }}\n",
        "{{- if .x }}\na: 1\n{{- else }}\na: 2\n{{- end }}\n",
        "{{/* of\n two lines: {{ */}}\na: b\n",
    ],
)
def test_what_can_be_read(text: str) -> None:
    assert HELM.check(text) == ""


@pytest.mark.parametrize("text", ["a: {{ .x }\n", "a: {{ .x\n", "a: [{{ .x }}\n", "a: b\n c: {{ .x }}: d\n"])
def test_what_cannot(text: str) -> None:
    assert HELM.check(text)


@pytest.mark.parametrize("path", ["helm/templates/service.yaml", "models/a/helm/templates/_helpers.tpl"])
def test_its_files(path: str) -> None:
    assert language_of(path) is HELM


@pytest.mark.parametrize("path", ["helm/values.yaml", "kubernetes/base/service.yaml"])
def test_files_of_yaml(path: str) -> None:
    assert language_of(path) is LANGUAGES["yaml"]
