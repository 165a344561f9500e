"""The reference pages are what the tool writes, and the README shows what is true."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def _pages() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location("docs_tool", ROOT / "tools" / "docs.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    pages: dict[str, str] = module.pages()
    return pages


@pytest.mark.slow
def test_reference_pages_are_up_to_date() -> None:
    for name, text in _pages().items():
        assert (ROOT / "docs" / name).read_text("utf-8") == text, f"docs/{name} is old: run `make docs`"
