"""Expressions of GitHub: values become literals here, before they stand in a line of YAML."""

from collections.abc import Iterable


def expression(code: str) -> str:
    """Return `${{ code }}`."""
    return f"${{{{ {code} }}}}"


def literal(text: str) -> str:
    """Return text as a string of an expression: a quote is doubled (docs.github.com, "Expressions")."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def any_of(terms: Iterable[str]) -> str:
    """Return the terms joined by `||`."""
    return " || ".join(terms)


def variable(name: str) -> str:
    """Return the value of a configuration variable."""
    return expression(f"vars.{name}")


def secret(name: str) -> str:
    """Return the value of a secret."""
    return expression(f"secrets.{name}")


def verdict(step: str) -> str:
    """Return the verdict of an earlier step of the job."""
    return f"steps.{step}.outputs.verdict"
