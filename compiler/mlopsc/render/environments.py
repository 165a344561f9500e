"""One Jinja environment per output language: its encoder is the environment's `finalize`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mlopsc.languages import Language
from mlopsc.render.placement import check_placement


class CheckedLoader(BaseLoader):
    """Reads templates from folders by the target in front of their name; refuses misplaced holes."""

    def __init__(self, folders: Mapping[str, Path], language: Language) -> None:
        self._folders = folders
        self._language = language

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Any]:  # noqa: ARG002
        """Return the source; raises `TemplateNotFound`, or `MisplacedHole`."""
        target, _, rest = template.partition("/")
        folder = self._folders.get(target)
        path = folder / rest if folder else None
        if path is None or not path.is_file():
            raise TemplateNotFound(template)
        source = path.read_text("utf-8")
        check_placement(source, template, self._language)
        return source, str(path), None


def environment(language: Language, loader: BaseLoader, trusted: bool = True) -> Environment:
    """Return the environment in which the templates of a language are rendered.

    Templates that come with a client's repository are not `trusted`: they run in a sandbox.
    """
    kind = Environment if trusted else ImmutableSandboxedEnvironment
    made = kind(
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<%=",
        variable_end_string="%>",
        comment_start_string="<%#",
        comment_end_string="%>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        finalize=_finalize(language),
        autoescape=False,
        auto_reload=False,
        loader=loader,
    )
    made.filters.update(language.all_filters)
    return made


def _finalize(language: Language) -> Callable[[object], str]:
    def finalize(value: object) -> str:
        # An encoder would call it a value that cannot be written; as text it says what is missing.
        return str(value) if isinstance(value, Undefined) else language.finalize(value)

    return finalize
