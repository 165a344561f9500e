"""What every diagnostic code says about itself."""

from typing import ClassVar, Literal

Severity = Literal["error", "warning", "note"]


class Code:
    """A kind of finding, named by its class.

    The docstring of a code says what is wrong and why it matters, and ends with a paragraph
    `Fix: …`; `title` is the finding in a few words, `example` is YAML that has the fault, and `hides`
    says that the value at its place must not be shown.
    """

    title: ClassVar[str]
    severity: ClassVar[Severity] = "error"
    example: ClassVar[str]
    hides: ClassVar[bool] = False

    @classmethod
    def about(cls) -> str:
        """Return the docstring up to its fix, one paragraph per line."""
        return _paragraphs(cls.__doc__).partition("\nFix: ")[0]

    @classmethod
    def fix(cls) -> str:
        """Return the way out, as one line."""
        return _paragraphs(cls.__doc__).partition("\nFix: ")[2]


def _paragraphs(doc: str | None) -> str:
    blocks = (doc or "").strip().split("\n\n")
    return "\n".join(" ".join(block.split()) for block in blocks)
