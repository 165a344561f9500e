"""The output languages, found by the name of the file that is written."""

import posixpath

from mlopsc.languages.json import JSON
from mlopsc.languages.language import Code, Language, Unwritable
from mlopsc.languages.make import MAKE
from mlopsc.languages.markdown import MARKDOWN
from mlopsc.languages.python import PYTHON
from mlopsc.languages.requirements import REQUIREMENTS
from mlopsc.languages.shell import DOTENV, SHELL
from mlopsc.languages.yaml import YAML

__all__ = ["JSON", "LANGUAGES", "Code", "Language", "Unwritable", "language_of"]

LANGUAGES = {
    language.name: language for language in (YAML, PYTHON, JSON, MAKE, MARKDOWN, SHELL, DOTENV, REQUIREMENTS)
}

_BY_SUFFIX = {
    ".yml": YAML,
    ".yaml": YAML,
    ".py": PYTHON,
    ".json": JSON,
    ".mk": MAKE,
    ".md": MARKDOWN,
    ".sh": SHELL,
    ".example": DOTENV,
    ".txt": REQUIREMENTS,
}


def language_of(path: str) -> Language:
    """Return the language of a file; raises `KeyError` for a kind that no encoder is known for."""
    name = posixpath.basename(path)
    if name == "Makefile":
        return MAKE
    return _BY_SUFFIX[posixpath.splitext(name)[1]]
