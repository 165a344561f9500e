"""Values that stand in the environment: `{env: NAME}` is configuration, `{secret: NAME}` is never shown."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

from mlopsc.spec.faults import fault, is_text_or_number, shown, wrong_type
from mlopsc.spec.units.text import LINE, exactly
from mlopsc.spec.units.written import Written

Kind = Literal["env", "secret", "literal"]
_NAME = r"[A-Z][A-Z0-9_]{0,99}"


def is_reference(data: Any) -> bool:
    """Say whether a mapping is one reference, which an overlay replaces as a whole."""
    return isinstance(data, Mapping) and len(data) == 1 and bool({"env", "secret"} & data.keys())


def _to(kind: str) -> dict[str, Any]:
    name = {"type": "string", "pattern": exactly(_NAME)}
    return {"type": "object", "properties": {kind: name}, "required": [kind], "additionalProperties": False}


@dataclass(frozen=True, slots=True)
class Reference(Written):
    """A value, or the name of the environment variable that holds it."""

    words: ClassVar[str] = "a value, `{env: NAME}` or `{secret: NAME}`"
    kinds: ClassVar[tuple[Kind, ...]] = ("env", "secret", "literal")
    json: ClassVar[dict[str, Any]] = {
        "anyOf": [{"type": "string", "pattern": exactly(LINE.pattern)}, _to("env"), _to("secret")],
        "examples": [{"env": "MLFLOW_TRACKING_URI"}],
    }
    kind: Kind
    value: str

    @classmethod
    def read(cls, raw: Any) -> Self:
        """Return the reference; raises M202, M206, M212 or M404."""
        if is_reference(raw):
            ((kind, name),) = raw.items()
            if kind not in cls.kinds:
                raise fault("M212", f"`{kind}` cannot hold what must stay secret", cls._way_out(name))
            return cls(kind, _checked(name))
        if isinstance(raw, str) and "literal" in cls.kinds:
            return cls("literal", LINE.read(raw))
        raise cls._refusal(raw)

    @classmethod
    def _refusal(cls, raw: Any) -> Exception:
        if isinstance(raw, Mapping):
            return fault("M212", f"`{{{', '.join(map(str, raw))}}}` is not a reference", f"write {cls.words}")
        if is_text_or_number(raw) and "literal" not in cls.kinds:
            return fault("M404", "a secret stands here in plain text", cls._way_out("NAME"))
        return wrong_type(cls.words)

    @classmethod
    def _way_out(cls, name: Any) -> str:
        name = name if isinstance(name, str) and re.fullmatch(_NAME, name) else "NAME"
        return f"write `{{secret: {name}}}` and put the value into that variable"

    def written(self) -> str | dict[str, str]:
        """Return the reference as it stood in the spec."""
        return self.value if self.kind == "literal" else {self.kind: self.value}


class Secret(Reference):
    """The name of the variable that holds a secret; a literal is refused."""

    __slots__ = ()
    words: ClassVar[str] = "`{secret: NAME}`"
    kinds: ClassVar[tuple[Kind, ...]] = ("secret",)
    json: ClassVar[dict[str, Any]] = {**_to("secret"), "examples": [{"secret": "SMTP_PASSWORD"}]}


def _checked(name: Any) -> str:
    if not isinstance(name, str):
        raise fault("M212", f"{shown(name)} is not the name of a variable", "capital letters, digits and `_`")
    if not re.fullmatch(_NAME, name):
        fixed = re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")
        hint = f"write `{fixed}`" if re.fullmatch(_NAME, fixed) else "capital letters, digits and `_`"
        raise fault("M212", f"{shown(name)} is not the name of a variable", hint)
    return name
