"""The output languages, found by the name of the file that is written; each is loaded when it is used."""

import posixpath
from collections.abc import Iterator, Mapping
from importlib import import_module

from mlopsc.languages.json import JSON
from mlopsc.languages.language import Code, Language, Unwritable

__all__ = ["JSON", "LANGUAGES", "Code", "Language", "Unwritable", "language_of"]

_MODULES = {
    "yaml": "yaml",
    "python": "python",
    "json": "json",
    "make": "make",
    "markdown": "markdown",
    "shell": "shell",
    "dotenv": "shell",
    "requirements": "requirements",
    "ini": "ini",
    "codeowners": "codeowners",
    "groovy": "groovy",
    "helm": "helm",
}
_BY_SUFFIX = {
    ".yml": "yaml",
    ".yaml": "yaml",
    ".py": "python",
    ".json": "json",
    ".mk": "make",
    ".md": "markdown",
    ".sh": "shell",
    ".example": "dotenv",
    ".txt": "requirements",
    ".groovy": "groovy",
    ".tpl": "helm",
}
_BY_NAME = {
    "CODEOWNERS": "codeowners",
    "Jenkinsfile": "groovy",
    "MLproject": "yaml",
    "Makefile": "make",
    "config": "ini",
}
# What Helm renders, whatever it is called.
_CHART = "helm/templates/"


class _Languages(Mapping[str, Language]):
    def __getitem__(self, name: str) -> Language:
        language: Language = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name.upper())
        return language

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


LANGUAGES = _Languages()


def language_of(path: str, template: str = "") -> Language:
    """Return the language of a file by its name, else by that of its template.

    Raises `KeyError` for a kind that no encoder is known for.
    """
    for each in (path, template):
        name = posixpath.basename(each)
        known = _BY_NAME.get(name) or _BY_SUFFIX.get(posixpath.splitext(name)[1])
        if known:
            return LANGUAGES["helm" if _CHART in each else known]
    raise KeyError(path)
