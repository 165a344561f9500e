"""The vocabulary in which targets say what they bring and what they rely on.

A target's `offers` yields symbols; the linker's table is made of them. A symbol names the spec
path that brought it (`at`), so that a link error points into mlops.yaml.
"""

from mlopsc.diagnostics import Path
from mlopsc.symbols.kinds import (
    Alert,
    Command,
    Dag,
    EnvVar,
    Job,
    KubernetesObject,
    Metric,
    Note,
    Program,
    Report,
    Requirement,
    Secret,
    Setting,
    Stage,
    Symbol,
    Topic,
)
from mlopsc.symbols.table import Need, Table, stamped

__all__ = [
    "Alert",
    "Command",
    "Dag",
    "EnvVar",
    "Job",
    "KubernetesObject",
    "Metric",
    "Need",
    "Note",
    "Path",
    "Program",
    "Report",
    "Requirement",
    "Secret",
    "Setting",
    "Stage",
    "Symbol",
    "Table",
    "Topic",
    "stamped",
]
