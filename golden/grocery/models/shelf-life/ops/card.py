"""Model cards: one page per version, in HTML and Markdown, that a person can read in a minute.

card.py [VERSION]   writes the card again; a number or an alias, the champion by default
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import registry
from digests import read_yaml
from lineage import recorded, told
from registry import GATE, REASON, Registry
from verdict import Outcome

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; color: #222 }
h1 { margin-bottom: 0 } h2 { margin-top: 2rem; border-bottom: 1px solid #ddd }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #eee }
th { width: 30%; font-weight: 500 } td { overflow-wrap: anywhere }
"""


@dataclass(frozen=True)
class Card:
    """A title, a line below it, and tables of two columns."""

    title: str
    line: str
    tables: dict[str, list[tuple[str, str]]]

    def markdown(self) -> str:
        """Return the card as Markdown."""
        parts = [f"# {_md(self.title)}", _md(self.line)]
        for heading, rows in self.tables.items():
            lines = [f"| {_md(name)} | {_md(value)} |" for name, value in rows]
            parts.append("\n".join([f"## {_md(heading)}", "", "| | |", "|---|---|", *lines]))
        return "\n\n".join(parts) + "\n"

    def html(self) -> str:
        """Return the card as one HTML page that needs nothing else."""
        body = "".join(
            f"<h2>{escape(heading)}</h2><table>{_rows(rows)}</table>" for heading, rows in self.tables.items()
        )
        title = escape(self.title)
        head = f'<meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
        page = f"<h1>{title}</h1><p>{escape(self.line)}</p>{body}"
        return f'<!doctype html><html lang="en"><head>{head}</head><body>{page}</body></html>\n'


def main(arguments: list[str] | None = None) -> int:
    """Write the card of a version; return 2 if there is no such version."""
    given = sys.argv[1:] if arguments is None else arguments
    version = registry.wanted(given)
    return registry.run("card", lambda store: write(store, store.version(version)))


def write(store: Registry, version: ModelVersion) -> Outcome:
    """Write reports/<model>-<version>.md and .html."""
    made = recorded(store, version)
    with store.artifact(version, "model/MLmodel") as file:
        model = read_yaml(str(file)) if file else {}
    number = str(version.version)
    made_card = card(store.config, version, made, model)
    path = Path("reports", f"{store.name}-{number}.html")
    path.parent.mkdir(exist_ok=True)
    path.write_text(made_card.html(), encoding="utf-8")
    path.with_suffix(".md").write_text(made_card.markdown(), encoding="utf-8")
    return Outcome("passed", {"version": int(number)}, [f"model card: {path}"])


def card(config: dict[str, Any], version: ModelVersion, made: dict[str, Any], model: dict[str, Any]) -> Card:
    """Return the card of a version."""
    head = config["model"]
    gate = [("verdict", version.tags.get(GATE, "open"))]
    gate += [("", line) for line in version.tags.get(REASON, "").split("\n") if line]
    metrics = [(name, _figure(value)) for name, value in made["metrics"].items()]
    validation = made["validation"]
    figures = [(name, str(value)) for name, value in validation.get("figures", {}).items()]
    skipped = ("metric ", "parameter ", "gate", "validation")
    signature = model.get("signature") or {}
    tables = {
        "Gate": gate,
        "Metrics": metrics,
        "Parameters": list(made["params"].items()),
        "Data validation": [("verdict", validation.get("verdict", "none")), *figures],
        "Lineage": [pair for pair in told(version, made) if not pair[0].startswith(skipped)],
        "Signature": [(side, str(signature[side])) for side in ("inputs", "outputs") if signature.get(side)],
        "Libraries": _libraries(model),
    }
    parts = [head.get("description", "").rstrip("."), head.get("task"), made_at(version)]
    line = " · ".join(filter(None, parts))
    return Card(
        f"{head['name']}, version {version.version}", line, {k: rows for k, rows in tables.items() if rows}
    )


def made_at(version: ModelVersion) -> str:
    """Return when a version was registered, in UTC."""
    moment = datetime.fromtimestamp((version.creation_timestamp or 0) / 1000, UTC)
    return f"registered {moment:%Y-%m-%d %H:%M} UTC"


def _libraries(model: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the versions that the MLmodel file names, of Python and of the flavors' libraries."""
    flavors = (model.get("flavors") or {}).values()
    pairs = [pair for flavor in flavors if isinstance(flavor, dict) for pair in flavor.items()]
    return [(key, str(value)) for key, value in pairs if key.endswith("_version") and value]


def _figure(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, int | float) else str(value)


def _rows(rows: list[tuple[str, str]]) -> str:
    return "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows)


def _md(text: str) -> str:
    """Return text that Markdown shows as it is, also in a table."""
    return re.sub(r"([\\`*_{}\[\]<>|#])", r"\\\1", " ".join(text.split()))


if __name__ == "__main__":
    sys.exit(main())
