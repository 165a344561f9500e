"""What each code means, one module per family; imported only when something must be said.

M1xx reading, M2xx shape, M3xx sense, M4xx security, M5xx link, M6xx tree, M7xx coverage.
"""

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module

from mlopsc.diagnostics.codes.base import Code


@cache
def all_codes() -> Mapping[str, type[Code]]:
    """Return every documented code by its name, sorted; the modules of this folder are the registry."""
    modules = (import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    classes = (value for module in modules for value in vars(module).values() if _is_code(value))
    return {code.__name__: code for code in sorted(classes, key=lambda code: code.__name__)}


def find(code: str) -> type[Code]:
    """Return what a code means; raise KeyError when there is no such code."""
    return all_codes()[code]


def _is_code(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Code) and value is not Code
