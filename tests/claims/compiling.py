"""Compiles the text of a spec in memory, in no folder at all."""

import json
from collections.abc import Container
from typing import Any

from mlopsc.compile import Compiled, compile_spec
from mlopsc.render import HouseStyle
from mlopsc.resolve import View, views_of
from mlopsc.source import read_document

HEAD = "version: 1\nmodel: {name: churn}\ndata: {path: data/customers.csv}\n"


class Everything(Container[str]):
    """A folder in which each file exists."""

    def __contains__(self, name: object) -> bool:
        return True


def compiled(text: str, header: str = "mlops.yaml") -> Compiled:
    """Return what a spec becomes; the head is added unless a version is there."""
    whole = text if text.startswith("version") else HEAD + text
    return compile_spec(read_document(whole.encode(), header), header, Everything(), HouseStyle())


def files(text: str, header: str = "mlops.yaml") -> dict[str, str]:
    """Return the written texts by path."""
    return {each.file.path: each.content.decode() for each in compiled(text, header).files}


def views(text: str) -> dict[str, View]:
    """Return what each environment sees, by its name; the spec without overlay has none."""
    document = read_document((HEAD + text).encode(), "mlops.yaml")
    return {view.environment: view for view in views_of(document)}


def data(text: str) -> dict[str, Any]:
    """Return config/suite.json as data."""
    found: dict[str, Any] = json.loads(files(text)["config/suite.json"])
    return found
