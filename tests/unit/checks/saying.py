"""What the checks say about a fragment of a spec, laid over a small one that makes sense."""

from collections.abc import Container

from mlopsc.checks import check
from mlopsc.diagnostics import Diagnostic, Rejected
from mlopsc.diagnostics.order import ordered
from mlopsc.resolve import views_of
from mlopsc.source import read_document
from mlopsc.source.merge import merge
from mlopsc.source.nodes import Document
from mlopsc.spec.root import KEYS
from mlopsc.spec.tags import lost
from mlopsc.spec.walk import dotted

BASE = "version: 1\nmodel: {name: churn}\ndata: {path: data/customers.csv}\nvalidation: {rows: {min: 1}}\n"
TRAIN = (
    "train: {cmd: python src/train.py, deps: [data/customers.csv], outs: [models/model], metrics: [m.json]}"
)
PIPELINE = f"pipeline: {{stages: {{{TRAIN}}}}}\n"
SCHEDULERS = ("github", "airflow", "jenkins", "events")
COVERED = frozenset(
    (
        *KEYS,
        "prediction_log: rabbitmq",
        "prediction_log: kafka",
        *(f"scheduler: {each}" for each in SCHEDULERS),
    )
)


class Everything(Container[str]):
    """A folder in which each file exists."""

    def __contains__(self, name: object) -> bool:
        return True


def document(fragment: str, base: str = BASE) -> Document:
    """Return the base with a fragment laid over it; a fragment with a version stands alone."""
    read = read_document(fragment.encode(), "mlops.yaml")
    if read.root.child("version"):
        return read
    root = merge(read_document(base.encode(), "mlops.yaml").root, read.root, lost)
    return Document(root, "mlops.yaml", {"mlops.yaml": fragment})


def found(
    fragment: str,
    beside: Container[str] = Everything(),
    covered: frozenset[str] = COVERED,
    base: str = BASE,
) -> list[Diagnostic]:
    """Return all findings, errors or not, in the order of their places."""
    try:
        return ordered(check(views_of(document(fragment, base)), beside, covered))
    except Rejected as rejected:
        return ordered(rejected.diagnostics)


def said(fragment: str, base: str = BASE) -> list[str]:
    """Return `CODE path: message; hint` for each finding."""
    return [f"{d.code} {dotted(d.path)}: {d.message}; {d.hint}" for d in found(fragment, base=base)]
