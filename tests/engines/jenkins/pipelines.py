"""The pipelines of a spec, made by the target alone: what others bring is named here."""

from collections.abc import Iterable
from typing import Any

import yaml
from mlopsc.model import Model
from mlopsc.render import HouseStyle, Renderer
from mlopsc.resolve import model_of, views_of
from mlopsc.source import read_document
from mlopsc.symbols import Command, Symbol, Table
from mlopsc.targets import TARGETS, jenkins

# The make commands of a repository with everything that a pipeline can use.
OTHERS = (
    *("ci-lint", "ci-test", "outputs", "pull", "push", "validate", "pipeline", "compare", "drift", "retrain"),
    *("register", "promote", "tell", "image", "deploy", "verify", "back-out", "integration-test"),
)


def spec(**changes: Any) -> dict[str, Any]:
    """Return a spec with a pipeline, drift, retraining, environments; None takes a section away."""
    written: dict[str, Any] = {
        "version": 1,
        "model": {"name": "churn", "artifact": "models/model", "task": "classification"},
        "timezone": "Europe/Berlin",
        "data": {
            "path": "data/a.csv",
            "incoming": "incoming/",
            "remote": "s3://acme/churn",
            "id": "id",
            "target": "y",
        },
        "validation": {"schedule": "daily at 05:30", "columns": {"age": {"type": "integer", "min": 0}}},
        "pipeline": {
            "stages": {
                "train": {"cmd": "python t.py", "deps": ["t.py", "data/a.csv"], "outs": ["models/model"]},
                "evaluate": {
                    "cmd": "python e.py",
                    "deps": ["e.py", "models/model"],
                    "metrics": ["metrics.json"],
                },
            }
        },
        "tracking": {"uri": {"secret": "MLFLOW_TRACKING_URI"}},
        "registry": {"gate": [{"metric": "accuracy", "min": 0.6}]},
        "drift": {
            "schedule": "every 6 hours",
            "tests": [{"columns": ["age"], "method": "ks", "p_value": 0.01}],
        },
        "retraining": {
            "triggers": {"drift": True, "webhook": True, "schedule": "monthly", "new_records": {"above": 10}}
        },
        "ci": {
            "provider": "jenkins",
            "runner": "linux",
            "lint": "ruff check .",
            "test": "pytest",
            "commit_lock": "push",
        },
        "serving": {"image": "registry.example.com/churn"},
        "deployment": {"strategy": "rolling", "test": "pytest tests/integration"},
        "environments": {"staging": {}, "production": {"approval": True}},
        "monitoring": {"notify": {"slack": {"secret": "SLACK_WEBHOOK_URL"}}},
    }
    return {name: value for name, value in (written | changes).items() if value is not None}


def pipelines(
    written: dict[str, Any], others: Iterable[str] = OTHERS, place: str = "mlops.yaml"
) -> dict[str, str]:
    """Return the text of each pipeline by its path beside the spec."""
    model = model_of(views_of(read_document(yaml.safe_dump(written, sort_keys=False).encode(), place)), place)
    own = {symbol.name for symbol in jenkins.offers(model) if isinstance(symbol, Command)}
    named = (Command(name) for name in others if name not in own)
    table = Table.of([*_symbols(model, own), *named])
    files = [("jenkins", file) for file in jenkins.files(model, table) if not file.path.startswith("ops/")]
    made = Renderer(place, {}, HouseStyle()).render(files)
    return {each.file.path: each.content.decode() for each in made}


def _symbols(model: Model, own: set[str]) -> list[Symbol]:
    every = [symbol for target in {**TARGETS, "jenkins": jenkins}.values() for symbol in target.offers(model)]
    return [symbol for symbol in every if not isinstance(symbol, Command) or symbol.name in own]
