"""The text of a first spec: its head, the checks on its data, and the sections of its level."""

import re
import unicodedata

from mlopsc.begin.insert import insert
from mlopsc.begin.sections import section_text
from mlopsc.defaults import many_files
from mlopsc.languages.yaml import encode
from mlopsc.source import read_document
from mlopsc.spec import parse

_LEVEL_2 = ("pipeline", "tracking", "registry", "drift", "retraining")
_LEVEL_3 = ("serving", "deployment")
_SECTIONS = {1: (), 2: _LEVEL_2, 3: (*_LEVEL_2, *_LEVEL_3)}
_LONGEST_NAME = 40

_HEAD = """\
# One model's lifecycle. After a change: `mlopsc compile`. What a field means: `mlopsc explain data.path`.
version: 1

model:
  name: {name}  # a label everywhere: small letters, digits, dashes
"""
_ARTIFACT = "  artifact: models/model  # what training makes: an MLflow model directory\n"
_PYTHON = """python:
  requirements: requirements.txt  # what your own code needs; that of the automations is layered on top
"""
_DATA = """
data:
  path: {path}  # csv or parquet; a file, glob, folder or URL
"""
_FORMAT = "  format: csv\n"
_INCOMING = "incoming: data/incoming/  # where new files land: validated, counted, compared for drift\n"
_ROLES = "  # id, timestamp, target: columns with a meaning of their own\n"
_ENVIRONMENTS = """
# For Kubernetes, name its clusters:
# environments:
#   staging: {cluster: {context: staging, namespace: ml}}
#   production: {cluster: {context: production, namespace: ml}, approval: true}
"""


def first_spec(folder: str, path: str, validation: str, level: int, roles: str = _ROLES) -> str:
    """Return a spec of a level (1 to 3) for the data at `path`, relative to the spec.

    The model is called after its folder; `validation` is the text of that section, `roles` the
    lines that say what the columns of the data are.
    """
    text = _head(model_name(folder), path, level, roles) + "\n" + validation
    for section in _SECTIONS[level]:
        document = read_document(text.encode(), "")
        added = section_text(section, parse(document))
        text = insert(text.encode(), document.root, section, added).decode()
    return text + _ENVIRONMENTS if level > 2 else text


def model_name(folder: str) -> str:
    """Return a folder's name as the name of a model; `model` when nothing is left of it."""
    plain = unicodedata.normalize("NFKD", folder).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).lstrip("-0123456789")
    return words[:_LONGEST_NAME].strip("-") or "model"


def _head(name: str, path: str, level: int, roles: str) -> str:
    tells = path.endswith((".csv", ".csv.gz")) and not many_files(path)
    lines = [
        _HEAD.format(name=encode(name)),
        f"{_ARTIFACT}{_PYTHON}" if level > 1 else "",
        _DATA.format(path=encode(path)),
        "" if tells else _FORMAT,
        f"  {_INCOMING}{roles}" if level > 1 else f"  # {_INCOMING}",
    ]
    return "".join(lines)
