"""Whatever an encoder writes, the readers of its language read back as the same value."""

import ast
import functools
import json
import math
import re
import subprocess
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mlopsc.languages import LANGUAGES, Unwritable
from mlopsc.languages.characters import plain
from ruamel.yaml import YAML as Yaml12

from tests.conftest_engines import engine, missed
from tests.engines.helm.tools import run as helm
from tests.properties.hostile import EXAMPLES, PIECES, hostile, thorough

texts = st.one_of(hostile, st.text(max_size=30))
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), texts)
values = st.recursive(
    scalars, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)), max_leaves=8
)  # fmt: skip
GROOVY = Path("/usr/share/java/groovy-all.jar")
MARKDOWN = MarkdownIt("commonmark").enable("table").enable("strikethrough")


def written(language: str, value: Any) -> str | None:
    """What the encoder writes, or None for what it refuses."""
    try:
        return LANGUAGES[language].encode(value)
    except Unwritable:
        return None


def sayable(value: Any) -> bool:
    """Every reader can be given it: text without lone surrogates."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except ValueError:
        return False
    return True


def same(one: Any, other: Any) -> bool:
    """Equal, and of the same types: 1 is not 1.0 and not true."""
    return json.dumps(one) == json.dumps(other) or (one == other and repr(one) == repr(other))


@given(values)
@thorough
def test_json(value: Any) -> None:
    text = written("json", value)
    assert (text is not None) == (sayable(value) and _finite(value))
    if text is not None:
        assert same(json.loads(text), value)
        assert all(line.isprintable() or "\t" not in line for line in text.splitlines())


def _finite(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return all(map(_finite, inner))


@given(values)
@thorough
def test_python(value: Any) -> None:
    text = written("python", value)
    assert (text is not None) == sayable(value)
    if text is not None:
        assert "\n" not in text
        found = ast.literal_eval(text) if _finite(value) else eval(text, {"float": float})
        assert same(found, value)


YAML_FRAMES = {
    "key: {}\n": ("key",),
    "- {}\n": (0,),
    "- key: {}\n  next: 1\n": (0, "key"),
    "[a, {}, b]\n": (1,),
    "{{key: {}, next: 1}}\n": ("key",),
}
YAML_READERS = (
    yaml.safe_load,
    lambda text: yaml.load(text, yaml.CSafeLoader),
    Yaml12(typ="safe", pure=True).load,
)


@given(values)
@thorough
@pytest.mark.parametrize("frame", YAML_FRAMES)
def test_yaml(frame: str, value: Any) -> None:
    text = written("yaml", value)
    assert (text is not None) == sayable(value)
    if text is None or not _short(value):
        return
    assert "\n" not in text
    for read in YAML_READERS:
        found = functools.reduce(
            lambda inner, step: inner[step], YAML_FRAMES[frame], read(frame.format(text))
        )
        assert same(found, value), read


def _short(value: Any) -> bool:
    """Say whether all keys are such as YAML readers take for keys: at most 1,024 characters."""
    keys = value.keys() if isinstance(value, dict) else ()
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return all(len(json.dumps(key)) < 900 for key in keys) and all(map(_short, inner))


def batch() -> list[str]:
    """Every piece alone and many texts of several; the same in every run."""
    found: list[str] = list(PIECES)

    @given(texts)
    @thorough
    def collect(text: str) -> None:
        found.append(text)

    collect()
    return found


def encoded(language: str, texts: Iterable[str]) -> dict[str, str]:
    made = {text: written(language, text) for text in texts}
    return {text: code for text, code in made.items() if code is not None}


def test_shell_words() -> None:
    words = encoded("shell", batch())
    assert len(words) > EXAMPLES // 2
    script = "".join(f"printf '%s\\0' {code}\n" for code in words.values())
    assert _run(["sh"], script) == list(words)


def test_shell_refuses_only_what_no_word_can_hold() -> None:
    refused = [text for text in batch() if written("shell", text) is None]
    assert all("\0" in text or not sayable(text) for text in refused)


def test_settings_sourced_by_a_shell() -> None:
    values = encoded("dotenv", batch())
    lines = "".join(f"V{index}={code}\n" for index, code in enumerate(values.values()))
    script = lines + "".join(f"printf '%s\\0' \"$V{index}\"\n" for index in range(len(values)))
    assert _run(["sh"], script) == list(values)


def test_words_of_a_makefile(tmp_path: Path) -> None:
    words = encoded("make", batch())
    assert len(words) > EXAMPLES // 3
    recipes = "".join(f"\t@printf '%s\\0' {code} $(ARGS)\n" for code in words.values())
    makefile = tmp_path / "Makefile"
    makefile.write_bytes(b".PHONY: all\nall:\n" + recipes.encode())
    found = subprocess.run(
        ["make", "-s", "-f", makefile], capture_output=True, check=True, cwd=tmp_path
    ).stdout
    assert found.decode().split("\0")[:-1] == list(words)


def test_comments_of_a_makefile(tmp_path: Path) -> None:
    comments = [LANGUAGES["make"].remarked(text) for text in batch()]
    rules = "".join(f"t{index}: ## {text}\n\t@echo {index}\n" for index, text in enumerate(comments))
    heads = "".join(LANGUAGES["make"].header(text) for text in batch())
    makefile = tmp_path / "Makefile"
    makefile.write_bytes(f"{heads}all:\n\t@echo all\n{rules}".encode())
    targets = [f"t{index}" for index in range(len(comments))]
    command = ["make", "-s", "-f", makefile, "all", *targets]
    found = subprocess.run(command, capture_output=True, check=True, cwd=tmp_path).stdout
    assert found.decode().split() == ["all", *map(str, range(len(comments)))]


def _run(command: list[str], script: str) -> list[str]:
    found = subprocess.run(command, input=script.encode(), capture_output=True, check=True)
    return found.stdout.decode().split("\0")[:-1]


def test_groovy(tmp_path: Path) -> None:
    engine("java")
    if not GROOVY.exists():
        missed("groovy")
    codes = encoded("groovy", batch())
    assert len(codes) > EXAMPLES // 3
    heads = "".join(LANGUAGES["groovy"].header(text) for text in batch())
    script = tmp_path / "Values.groovy"
    # One method has room for so many bytes: a list of lists, a method each.
    parts = [list(codes.values())[start : start + 100] for start in range(0, len(codes), 100)]
    lists = "".join(f"List part{number}() {{ [{', '.join(part)}] }}\n" for number, part in enumerate(parts))
    every = ", ".join(f"part{number}()" for number in range(len(parts)))
    told = f"print groovy.json.JsonOutput.toJson([{every}].collectMany {{ it }})\n"
    script.write_text(f"{heads}{lists}{told}", encoding="utf-8")
    command = ["java", "-cp", GROOVY, "groovy.ui.GroovyMain", "-c", "UTF-8", script]
    found = subprocess.run(command, capture_output=True, check=True).stdout
    assert json.loads(found) == list(codes)


@pytest.mark.parametrize("major", [3, 4])
def test_helm(tmp_path: Path, major: int) -> None:
    """A template of a chart is read twice: by Go's engine, and what that writes as YAML."""
    values, keys = encoded("helm", batch()), LANGUAGES["helm"].filters["name"]
    assert len(values) > EXAMPLES // 2
    heads = "".join(LANGUAGES["helm"].header(text) for text in batch())
    lines = [f"a{n}: {code}\nb{n}: [{code}, {code}]\n" for n, code in enumerate(values.values())]
    lines += [
        f"c{n}: {{{{ {LANGUAGES['helm'].filters['go'](text)} | b64enc | quote }}}}\n"
        for n, text in enumerate(values)
    ]
    short = [text for text in values if _short({text: 1})]
    lines += [f"d{n}: {{{keys(text)}: 1}}\n" for n, text in enumerate(short)]
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: x\nversion: 1.0.0\n")
    (tmp_path / "templates/values.yaml").write_text(heads + "".join(lines), encoding="utf-8")
    done = helm(major, "template", "x", tmp_path)
    assert not done.returncode, done.stderr
    found = yaml.load(done.stdout, yaml.CSafeLoader)
    assert found == {
        **{f"a{n}": text for n, text in enumerate(values)},
        **{f"b{n}": [text, text] for n, text in enumerate(values)},
        **{f"c{n}": b64encode(text.encode()).decode() for n, text in enumerate(values)},
        **{f"d{n}": {text: 1} for n, text in enumerate(short)},
    }


@given(texts)
@thorough
@pytest.mark.parametrize(
    "frame", ["{}", "# {}", "- {}", "1. a\n2. {}", "| a | b |\n| --- | --- |\n| {} | x |"]
)
def test_markdown(frame: str, text: str) -> None:
    code = written("markdown", text)
    if code is None:
        assert not text.isprintable()
        return
    kinds, inline = _markdown(frame.format(code))
    if text.strip():
        assert kinds == _markdown(frame.format("word"))[0]
        assert text in inline
    else:
        assert set(kinds) <= set(_markdown(frame.format("word"))[0])


def _markdown(text: str) -> tuple[list[str], list[str]]:
    tokens = MARKDOWN.parse(text)
    inline = [token for token in tokens if token.type == "inline"]
    inside = [
        child
        for token in inline
        for child in token.children or []
        if child.type not in ("text", "text_special")
    ]
    found = ["".join(child.content for child in token.children or []) for token in inline]
    return [token.type for token in (*tokens, *inside)], found


@given(texts)
@thorough
def test_ini(text: str) -> None:
    engine("configobj")
    from configobj import ConfigObj

    code = written("ini", text)
    both = {"'", '"'} <= set(text)
    assert (code is None) == (not plain(text) or both or bool(re.search(r"%\([^)]*\)s", text)))
    if code is not None:
        # As DVC reads its files: with interpolation, and lists split at commas.
        read = ConfigObj(["['remote \"storage\"']", f"    url = {code}", "    after = 1"])['remote "storage"']
        assert (read["url"], read["after"]) == (text, "1")


@pytest.mark.parametrize("text", ["a\nb", "a\tb\x07", 'it\'s "so"', "%(home)s/x", "a\x00b"])
def test_ini_refuses_what_it_cannot_hold(text: str) -> None:
    assert written("ini", text) is None


@given(texts)
@thorough
def test_requirements(text: str) -> None:
    code = written("requirements", text)
    assert code in (None, text)
    assert code is None or not set(text) & set(" \t\n\r\\#;'\"$`@") | {text[:1]} & {"-", ""}


@given(texts)
@thorough
@pytest.mark.parametrize(
    "name", ["yaml", "python", "make", "shell", "dotenv", "ini", "requirements", "markdown", "groovy"]
)
def test_comments_are_one_line(name: str, text: str) -> None:
    language = LANGUAGES[name]
    header = language.header(text)
    assert len(header.splitlines()) == 1 and header.endswith("\n")
    assert header.encode()
    if name == "yaml":
        assert yaml.safe_load(f"{header}a: 1\n") == {"a": 1}
    if name == "python":
        assert ast.dump(ast.parse(f"{header}a = 1\n")) == ast.dump(ast.parse("a = 1"))
    if name == "markdown":
        assert MARKDOWN.parse(f"{header}\nword")[0].type == "html_block"
        assert _markdown(f"{header}\nword")[1] == ["word"]
