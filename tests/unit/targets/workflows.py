"""Compiles the spec of a model that trains and is deployed, with what a test lays over it, in memory."""

from typing import Any

import yaml

from tests.claims.compiling import files

SPEC: dict[str, Any] = {
    "version": 1,
    "model": {"name": "churn", "artifact": "models/model", "owner": "@acme/ml"},
    "data": {"path": "data/customers.csv", "incoming": "incoming/", "remote": "s3://acme/store"},
    "validation": {"columns": {"age": {"type": "integer", "min": 0}}},
    "pipeline": {
        "stages": {
            "train": {"cmd": "python train.py", "deps": ["data/customers.csv"], "outs": ["models/model"]},
            "evaluate": {"cmd": "python evaluate.py", "deps": ["models/model"], "metrics": ["m.json"]},
        }
    },
    "tracking": {"uri": {"env": "MLFLOW_TRACKING_URI"}},
    "registry": {"gate": [{"metric": "accuracy", "min": 0.6}]},
    "drift": {"schedule": "hourly", "tests": [{"columns": ["age"], "method": "ks", "p_value": 0.01}]},
    "retraining": {"triggers": {"drift": True}},
    "serving": {"image": "ghcr.io/acme/churn"},
    "deployment": {"strategy": "rolling", "test": "pytest tests/integration"},
    "environments": {"staging": {}, "production": {"approval": True}},
    "ci": {"provider": "github", "lint": "ruff check .", "test": "pytest tests/unit"},
}


def spec(**sections: Any) -> str:
    """Return the spec with other sections; one that is None is left out."""
    whole = {name: value for name, value in (SPEC | sections).items() if value is not None}
    return str(yaml.safe_dump(whole, sort_keys=False))


def written(header: str = "mlops.yaml", **sections: Any) -> dict[str, str]:
    """Return the texts that the spec becomes, by path; see `spec`."""
    return files(spec(**sections), header)


def workflow(kind: str, texts: dict[str, str]) -> dict[str, Any]:
    """Return a workflow of the model, as GitHub reads it."""
    found: dict[str, Any] = yaml.load(texts[f".github/workflows/churn-{kind}.yml"], yaml.BaseLoader)
    return found


def steps(job: dict[str, Any]) -> list[str]:
    """Return what a job does: its make commands, and its actions without their commits."""
    return [
        step.get("run", "").removeprefix("make ") or step["uses"].partition("@")[0] for step in job["steps"]
    ]


def kinds(texts: dict[str, str]) -> set[str]:
    """Return which workflows there are."""
    head = ".github/workflows/churn-"
    return {path.removeprefix(head).removesuffix(".yml") for path in texts if path.startswith(head)}
