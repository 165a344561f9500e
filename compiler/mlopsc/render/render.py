"""Renders the files of all targets: by templates compiled ahead where there are some, else by jinja2."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from mlopsc.diagnostics import Diagnostic, Rejected
from mlopsc.files import Data, File, Ownership, Rendered, Template, Verbatim
from mlopsc.languages import JSON, LANGUAGES, Language, Unwritable, language_of
from mlopsc.render.style import HouseStyle
from mlopsc.resources import resource

SUFFIX = ".j2"


class Renderer:
    """Turns files into bytes, with the templates of mlopsc, of plug-ins and of a house style.

    `spec` is named in the header of each rendered file; `plugins` maps a target to its template
    folder; `style` holds the files that replace ours of the same path.
    """

    def __init__(self, spec: str, plugins: Mapping[str, Path], style: HouseStyle) -> None:
        self._spec = spec
        self._plugins = plugins
        self._style = style

    def render(self, files: Iterable[tuple[str, File]]) -> Iterator[Rendered]:
        """Yield each (target, file) with its bytes.

        Raises `Rejected`: M503 for a value that cannot be written, M504 for a house template at fault.
        """
        for target, file in files:
            try:
                yield Rendered(file, self._content(target, file), target)
            except Unwritable as error:
                hint = "change the value in the spec"
                message = f"{file.path} cannot hold this value: {error}"
                raise Rejected([Diagnostic("M503", message, file.at, hint=hint)]) from None

    def _content(self, target: str, file: File) -> bytes:
        match file.content:
            case Verbatim(name):
                return self._source(target, name).read_bytes()
            case Data(value):
                return f"{JSON.encode(value)}\n".encode()
            case Template(name, values):
                # A starter's path is the user's choice, and need not say what is written there.
                language = language_of(file.path, name)
                text = self._rendered(target, name, values, language)
                # A starter is the user's from its first line on.
                ours = file.ownership is Ownership.GENERATED
                return (_headed(text, language.header(_header(self._spec))) if ours else text).encode()

    def _source(self, target: str, name: str) -> Path:
        name = f"{target}/{name}"
        return (
            self._style.path(name) if name in self._style else self._folder(target) / name.partition("/")[2]
        )

    def _folder(self, target: str) -> Path:
        return self._plugins.get(target) or self._templates / target

    @cached_property
    def _templates(self) -> Path:
        return resource("templates")

    def _rendered(self, target: str, name: str, values: Mapping[str, Any], language: Language) -> str:
        name = f"{target}/{name}{SUFFIX}"
        own = name in self._style
        ready = None if own or target in self._plugins else _ready().get(name)
        try:
            if ready:
                text = "".join(ready(values, language.finalize, language.all_filters))
            else:
                text = self._environment(language, own).get_template(name).render(values)
        except Unwritable:
            raise
        except Exception as error:
            if own:
                raise _refuse(name, error) from None
            raise
        return text

    def _environment(self, language: Language, own: bool) -> Any:
        if not own:
            return _ours(language.name, tuple(self._plugins.items()))
        from mlopsc.render import environments as e

        loader = e.CheckedLoader(_Folders(self._style.folder), language)
        return e.environment(language, loader, trusted=False)


@cache
def _ready() -> Mapping[str, Callable[..., Iterable[str]]]:
    """Return the templates that were compiled when the wheel was built; a checkout has none."""
    try:
        compiled = import_module("mlopsc.render.compiled")
    except ModuleNotFoundError:
        return {}
    return dict(compiled.TEMPLATES)


@cache
def _ours(language: str, plugins: tuple[tuple[str, Path], ...]) -> Any:
    """Return the environment that all specs of one run share: each template is loaded once."""
    from mlopsc.render import environments as e

    known = LANGUAGES[language]
    return e.environment(known, e.CheckedLoader(_Folders(resource("templates"), dict(plugins)), known))


class _Folders(dict[str, Path]):
    """Template folders by target: those of plug-ins where given, else below a common folder."""

    def __init__(self, common: Path, given: Mapping[str, Path] | None = None) -> None:
        super().__init__(given or {})
        self._common = common

    def get(self, target: str, default: Any = None) -> Any:  # noqa: ARG002
        return self[target] if target in self else self._common / target


def _refuse(name: str, error: Exception) -> Rejected:
    """Blame the client's own template; the same fault in one of ours is a bug and keeps its traceback."""
    message = f"the house template {name} cannot be rendered: {error or type(error).__name__}"
    hint = "compare it with the template of mlopsc that it replaces"
    return Rejected([Diagnostic("M504", message, ("templates",), hint=hint)])


def _header(spec: str) -> str:
    return f"Generated by mlopsc from {spec}: change that file, then run `mlopsc compile`."


def _headed(text: str, header: str) -> str:
    if text.startswith("#!"):
        first, _, rest = text.partition("\n")
        return f"{first}\n{header}{rest}"
    return header + text
