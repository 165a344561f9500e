"""Python, JSON, make, shell, .env and requirements: exact forms, and what each refuses."""

import ast
import json
import math

import pytest
from mlopsc.languages import LANGUAGES, Code, Unwritable, language_of
from mlopsc.languages.characters import escape, plain

SURROGATE = "\ud800"


def encode(language: str, value: object) -> str:
    return LANGUAGES[language].encode(value)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("a", '"a"'),
        ('say "a"', "'say \"a\"'"),
        ('it\'s "a"', '"it\'s \\"a\\""'),
        ("a\n\t\\", '"a\\n\\t\\\\"'),
        ("\u2028é", '"\\u2028é"'),
        ([1, 2.5, None, True], "[1, 2.5, None, True]"),
        (("a",), '("a",)'),
        ((), "()"),
        ({"a": []}, '{"a": []}'),
        (math.inf, 'float("inf")'),
    ],
)
def test_python(value: object, written: str) -> None:
    assert encode("python", value) == written
    ast.parse(written)


def test_python_writes_the_arguments_of_a_call() -> None:
    write = LANGUAGES["python"].filters["keywords"]
    assert write({"run": ["a"], "quiet": True}) == 'run=["a"], quiet=True'
    for name in ("a b", "1a", "class", "a=1, b"):
        with pytest.raises(Unwritable):
            write({name: 1})


def test_python_source_is_parsed_back() -> None:
    assert LANGUAGES["python"].check("x = (")
    assert LANGUAGES["python"].check("x = '\0'")
    assert not LANGUAGES["python"].check("x = 1\n")


def test_json_keeps_short_values_on_one_line() -> None:
    rows = [{"name": f"column {number}", "between": [0, 120]} for number in range(4)]
    written = encode("json", {"rows": rows, "empty": {}})
    assert json.loads(written) == {"rows": rows, "empty": {}}
    assert written.splitlines()[2] == '    {"name": "column 0", "between": [0, 120]},'
    assert encode("json", {"rows": rows[:1]}) == '{"rows": [{"name": "column 0", "between": [0, 120]}]}'


def test_json_escapes_what_hides() -> None:
    assert encode("json", "a\u202eb\x7f🦜\U000e0001") == '"a\\u202eb\\u007f🦜\\udb40\\udc01"'


@pytest.mark.parametrize(
    ("text", "written"),
    [("a", "a"), ("", "''"), ("a b", "'a b'"), ("$(x)", "'$$(x)'"), ("it's", "'it'\"'\"'s'")],
)
def test_make(text: str, written: str) -> None:
    assert encode("make", text) == written
    assert encode("shell", text) == written.replace("$$", "$")


def test_words_of_a_command() -> None:
    assert (
        encode("make", ("ops/validate.py", "--watch", "in coming/")) == "ops/validate.py --watch 'in coming/'"
    )


def test_an_empty_setting_stays_empty() -> None:
    assert encode("dotenv", "") == ""
    assert encode("dotenv", "a b") == "'a b'"


@pytest.mark.parametrize("text", ["-e .", "a b", "a;b", "a#b", "a\nb", "a @ https://x", "", "a\\"])
def test_requirements_hold_plain_words_only(text: str) -> None:
    with pytest.raises(Unwritable):
        encode("requirements", text)


@pytest.mark.parametrize(
    ("language", "value"),
    [
        ("python", SURROGATE), ("python", b"x"), ("json", SURROGATE), ("json", math.nan), ("json", object()),
        ("make", "a\nb"), ("make", "a\rb"), ("make", "\0"), ("make", None), ("shell", "\0"), ("shell", SURROGATE),
        ("shell", True), ("shell", {}), ("markdown", SURROGATE), ("markdown", "\0"), ("markdown", "\x1b"),
    ],
)  # fmt: skip
def test_what_a_language_cannot_hold(language: str, value: object) -> None:
    with pytest.raises(Unwritable):
        encode(language, value)


@pytest.mark.parametrize(
    ("language", "text"), [("make", "a b"), ("make", "1a"), ("dotenv", "a-b"), ("dotenv", "")]
)
def test_names_are_words(language: str, text: str) -> None:
    with pytest.raises(Unwritable):
        LANGUAGES[language].filters["name"](text)
    assert LANGUAGES[language].filters["name"]("PORT_2") == "PORT_2"


def test_code_passes_once_and_anything_made_of_it_is_encoded() -> None:
    shell = LANGUAGES["shell"]
    assert shell.finalize(Code("a; b")) == "a; b"
    assert shell.finalize(Code("a; b") + "") == "'a; b'"
    assert shell.finalize(Code("a; b").upper()) == "'A; B'"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("Makefile", "make"), ("a/mlops.mk", "make"), (".github/w.yml", "yaml"), ("x.yaml", "yaml"),
        (".env.example", "dotenv"), ("requirements-mlops.txt", "requirements"), ("RUNBOOK.md", "markdown"),
        ("dags/x.py", "python"), ("x.json", "json"), ("deploy.sh", "shell"),
    ],
)  # fmt: skip
def test_the_language_of_a_file(path: str, name: str) -> None:
    assert language_of(path).name == name


def test_an_unknown_kind_of_file_has_no_language() -> None:
    with pytest.raises(KeyError):
        language_of("main.tf")


def test_hidden_characters() -> None:
    assert plain("Grün 🦜 中文 (ok)")
    assert not any(plain(char) for char in "\0\n\t\x85\xa0\xad\u200b\u2028\u202e\ufeff\ufffe\ud800\U000e0001")
    assert escape("\0\u2028\U000e0001") == "\\x00\\u2028\\U000e0001"
