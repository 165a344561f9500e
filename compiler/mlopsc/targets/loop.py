"""The loop on one page, for the runbook."""

from collections.abc import Iterator

from mlopsc.model import Model


def loop(model: Model) -> Iterator[str]:
    """Yield what happens in which order, and what to do when it goes wrong."""
    data = model.data
    if data.fetch:
        yield f"New data: make fetch runs {data.fetch}."
    elif data.incoming:
        yield f"New data: make fetch appends the new files of {data.incoming} to {data.path}, unless blocked."
    else:
        yield f"New data: change {data.path}; make fetch says whether there is anything to train on."
    yield "Training: make pipeline runs the stages whose inputs have changed, and no others."
    yield "Gate: make register records a version; passed makes it the candidate, refused changes nothing."
    yield "Service: make promote makes the candidate the champion; the drift reference goes with it."
    if model.drift:
        yield "Drift: make drift compares recent data with what the champion has learned from."
    if model.retraining:
        yield f"Again: when a trigger asks, make retrain does {', '.join(model.training_steps)}."
    yield "After a training, commit dvc.lock, the .dvc files and *.fetched.json: they say which data it was."
    yield "Data is blocked: reports/validate.json says why; mend or remove the file, then make fetch."
    yield "The champion is wrong: make rollback. Why it is so: make lineage. To work on it: make restore."
