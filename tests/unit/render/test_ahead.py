"""Templates compiled ahead give the same bytes as jinja2, and what cannot be compiled is refused."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from mlopsc.cli.session import Session
from mlopsc.render import render as rendering
from mlopsc.render.ahead import Unknown, module
from mlopsc.resources import resource

SPECS = Path(__file__).parents[3] / "specs"


def functions(source: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(source, names)
    templates: dict[str, Any] = names["TEMPLATES"]
    return templates


def compiled(root: Path) -> dict[str, bytes]:
    found = Session().run([str(root)], None, str(root))
    return {
        f"{project.site.name}: {each.file.path}": each.content
        for project, made in found
        for each in made.files
    }


@pytest.mark.parametrize("name", sorted(path.name for path in SPECS.iterdir()))
def test_the_same_bytes_as_by_jinja(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "_ready", dict)
    by_jinja = compiled(SPECS / name)
    ready = functions(module(resource("templates")))
    monkeypatch.setattr(rendering, "_ready", lambda: ready)
    monkeypatch.setattr(rendering, "_ours", None)
    assert by_jinja
    assert compiled(SPECS / name) == by_jinja


def test_every_template_can_be_compiled() -> None:
    templates = resource("templates")
    names = {path.relative_to(templates).as_posix() for path in templates.rglob("*.j2")}
    assert functions(module(templates)).keys() == names


def made(tmp_path: Path, text: str, **values: Any) -> str:
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "page.md.j2").write_text(text)
    render = functions(module(tmp_path))["target/page.md.j2"]
    return "".join(render(values, str.upper, {"code": str.lower}))


def test_choices_and_loops(tmp_path: Path) -> None:
    text = "<% for a in rows %>\n<% if a.x %>\n<%= a.y %>\n<% elif b %>\n<%= b %>\n<% else %>\n<% endif %>\n<% endfor %>\n"
    rows = [SimpleNamespace(x=1, y="one"), {"x": 0, "y": "two"}]
    assert made(tmp_path, text, rows=rows, b="other") == "ONE\nOTHER\n"


def test_an_empty_template_is_empty_text(tmp_path: Path) -> None:
    assert made(tmp_path, "") == ""


@pytest.mark.parametrize(
    "text", ["<% set a = 1 %>\n", "<%= a + 1 %>\n", "<% for a, b in c %>\n<% endfor %>\n"]
)
def test_what_decides_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Unknown, match="line 1"):
        made(tmp_path, text)


def test_a_missing_value_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        made(tmp_path, "<%= nobody.knows %>\n")
