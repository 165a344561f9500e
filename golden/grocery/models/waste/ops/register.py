"""Register the model that the pipeline made, and let the gate decide whether it is a candidate.

The same model is registered once, told by its hash. The version is created last, when all that
belongs to it is stored: a run that fails on the way leaves no version, and is completed by the next.
"""

from __future__ import annotations

import math
import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import card
import registry
from figures import Figures, read
from gate import Ruling, judge
from learned import learned
from origin import origin, snapshot
from registry import GATE, MODEL_HASH, REASON, ROLLED_BACK, Registry
from rescore import rescore
from verdict import Outcome, write_json

if TYPE_CHECKING:
    from mlflow.entities import Run
    from mlflow.entities.model_registry import ModelVersion

SUSPICIOUS = 0.1  # a tenth better than when it was new
LONGEST = 4000  # MLflow refuses longer tags (5,000 signs) and parameters (6,000)


def main() -> int:
    """Register and judge; return 0 for passed, 3 for refused, 2 for an error."""
    return registry.run("register", register)


def register(store: Registry) -> Outcome:
    """Register the model unless it is, judge it against rules and champion, and move `candidate`."""
    made = candidate(store.config)
    new = read(store.config["pipeline"]["metrics"])
    version = store.by_hash(made["model"]["hash"]) or _create(store, made, new)
    number = str(version.version)
    if (early := decided(store, version, made)) and early[0] == "passed":
        return Outcome("passed", {"version": int(number)}, [early[1]])
    if early:
        return _refuse(store, number, [early[1]], [])
    champion, notes = _champion(store)
    if made["dirty"]:
        notes.append(f"not committed, and so lost to `make restore`: {', '.join(made['dirty'])}")
    rulings = judge(store.config["registry"]["gate"], store.config["metrics"], new, champion)
    outcome = _settle(store, number, rulings, notes)
    card.write(store, store.version(number))
    return outcome


def candidate(config: dict[str, Any]) -> dict[str, Any]:
    """Return what made the model that the pipeline left; raise ValueError if it is no MLflow model."""
    artifact = Path(config["model"]["artifact"])
    if not (artifact / "MLmodel").exists():
        raise ValueError(f"{artifact} is no MLflow model: save it there with mlflow.<flavor>.save_model")
    return origin(config)


def decided(store: Registry, version: ModelVersion | None, made: dict[str, Any]) -> tuple[str, str] | None:
    """Return a verdict and its reason where the rules have nothing to say; `version` is there already."""
    if version and store.aliases().get("champion") == str(version.version):
        return "passed", f"version {version.version} is the champion already"
    if version and ROLLED_BACK in version.tags:
        return "refused", f"version {version.version} was rolled back, and nothing has changed since"
    if made["validation"].get("verdict") == "blocked":
        return "refused", "its data is blocked by the validation"
    return None


def _create(store: Registry, made: dict[str, Any], new: Figures) -> ModelVersion:
    """Store all that belongs to the version, then create it."""
    tags = {MODEL_HASH: made["model"]["hash"], "mlflow.source.git.commit": made["commit"]}
    run = _run(store, tags)
    _log(store, run, made["params"], new.metrics)
    store.client.log_artifacts(run.info.run_id, made["model"]["path"], "model")
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        write_json(scratch / "origin.json", made | {"metrics": dict(new.metrics), "aliases": store.aliases()})
        write_json(scratch / "reference_metrics.json", dict(new.metrics))
        snapshot(store.config, scratch / "files")
        learned(store.config, scratch)
        store.client.log_artifacts(run.info.run_id, folder, "origin")
    store.client.set_terminated(run.info.run_id)
    store.create()
    source = f"{run.info.artifact_uri}/model"
    return store.client.create_model_version(store.name, source, run.info.run_id, tags=tags)


def _run(store: Registry, tags: dict[str, str]) -> Run:
    """Return the run that an earlier attempt left, or a new one."""
    name = store.config["tracking"]["experiment"]
    found = store.client.get_experiment_by_name(name)
    experiment = found.experiment_id if found else store.client.create_experiment(name)
    query = f"tags.`{MODEL_HASH}` = '{tags[MODEL_HASH]}'"
    left = store.client.search_runs([experiment], query, max_results=1)
    return left[0] if left else store.client.create_run(experiment, tags=tags, run_name=store.name)


def _log(store: Registry, run: Run, params: dict[str, str], metrics: Mapping[str, float]) -> None:
    """Log what the run does not have yet; MLflow refuses a parameter that changes."""
    from mlflow.entities import Metric, Param

    absent = {key: value for key, value in params.items() if cleaned(key) not in run.data.params}
    store.client.log_batch(
        run.info.run_id,
        metrics=[Metric(cleaned(key), value, run.info.start_time, 0) for key, value in metrics.items()],
        params=[Param(cleaned(key), value[:LONGEST]) for key, value in absent.items()],
    )


def cleaned(key: str) -> str:
    """Return a key with only the signs that MLflow takes."""
    return re.sub(r"[^\w.\-/ ]", "_", key)


def _champion(store: Registry) -> tuple[Figures | None, list[str]]:
    """Return the champion's figures if a rule asks for them."""
    if not any("improves_on" in rule for rule in store.config["registry"]["gate"]):
        return None, []
    number = store.aliases().get("champion")
    return scored(store, number) if number else (None, ["there is no champion yet: thresholds alone"])


def scored(store: Registry, number: str) -> tuple[Figures, list[str]]:
    """Return a version's figures on the candidate's data; failing that its own, with a warning."""
    champion = store.version(number)
    with store.artifact(champion, "model") as model:
        if model is None:
            raise FileNotFoundError(f"the model of champion {number} is not in its run any more")
        try:
            figures = rescore(store.config, model)
            return figures, _seen(store, champion, figures)
        except (ChildProcessError, FileNotFoundError, PermissionError) as fault:
            warning = (
                f"champion {number} could not be scored on this data ({fault}): its recorded figures count"
            )
            return recorded(store, champion), [warning]


def recorded(store: Registry, version: ModelVersion) -> Figures:
    """Return the figures that were logged with a version, by their names in MLflow."""
    return Figures(dict(store.client.get_run(str(version.run_id)).data.metrics), {}, {})


def _seen(store: Registry, champion: ModelVersion, now: Figures) -> list[str]:
    """Say of which metrics the champion scores much better now than when it was new: it may know the rows."""
    then = store.client.get_run(str(champion.run_id)).data.metrics
    lines = []
    for name in {rule["metric"] for rule in store.config["registry"]["gate"] if "improves_on" in rule}:
        before, after = then.get(cleaned(name), math.nan), now.metrics.get(name, math.nan)
        gain = after - before if store.config["metrics"][name] == "higher" else before - after
        if gain > SUSPICIOUS * abs(before):
            told = f"{name} of champion {champion.version} is {after:.4g} here, and was {before:.4g} when new"
            lines.append(f"{told}: has it learned from these rows? Split by a hash of the id, not by chance")
    return sorted(lines)


def _settle(store: Registry, number: str, rulings: list[Ruling], notes: list[str]) -> Outcome:
    """Move the alias as the rulings say."""
    lines = [*notes, *(ruling.line for ruling in rulings)]
    results = [{"metric": ruling.metric, "passed": ruling.passed, **ruling.details} for ruling in rulings]
    if not all(ruling.passed for ruling in rulings):
        failed = [ruling.line for ruling in rulings if not ruling.passed]
        return _refuse(store, number, [*notes, *failed], results)
    store.tag(number, REASON, "\n".join(lines)[:LONGEST])
    store.tag(number, GATE, "passed")
    store.point("candidate", number)
    return Outcome("passed", {"version": int(number), "rules": len(rulings)}, lines, results)


def _refuse(store: Registry, number: str, lines: list[str], results: list[dict[str, Any]]) -> Outcome:
    store.tag(number, REASON, "\n".join(lines)[:LONGEST])
    store.tag(number, GATE, "refused")
    if store.aliases().get("candidate") == number:
        store.release("candidate")
    return Outcome("refused", {"version": int(number), "rules": len(results)}, lines, results)


if __name__ == "__main__":
    sys.exit(main())
