"""The pipeline as a graph: who makes what, who needs it, and is the end reached?"""

from collections.abc import Iterator, Mapping
from itertools import combinations
from posixpath import normpath
from typing import TYPE_CHECKING

from mlopsc import defaults
from mlopsc.diagnostics import Diagnostic, Path
from mlopsc.resolve import View

if TYPE_CHECKING:
    from mlopsc.spec.pipeline import Stage

Stages = Mapping[str, "Stage"]
_MADE = ("outs", "metrics", "plots")


def stages(view: View) -> Stages:
    """Return the stages of the pipeline by name; none without a pipeline."""
    return view.spec.pipeline.stages if view.spec.pipeline else {}


def makes(stage: "Stage") -> Iterator[tuple[Path, str]]:
    """Yield (key and index, path) of everything that a stage writes."""
    for key in _MADE:
        for index, path in enumerate(getattr(stage, key)):
            yield (key, index), normpath(path)


def overlap(one: str, other: str) -> bool:
    """Say whether two normal paths are one, or one lies in the other."""
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")


def cycle(view: View) -> Iterator[Diagnostic]:
    """Stages have an order (M330)."""
    needs = {name: _before(name, stage, stages(view)) for name, stage in stages(view).items()}
    done: set[str] = set()
    while ready := [name for name in needs if name not in done and done.issuperset(needs[name])]:
        done.update(ready)
    left = needs.keys() - done
    ring = _ring({name: [n for n in needs[name] if n in left] for name in needs if name in left})
    if ring:
        path = " needs ".join(f"`{name}`" for name in [*ring, ring[0]])
        hint = "remove the dep that closes the circle"
        at = ("pipeline", "stages", ring[0])
        yield Diagnostic("M330", f"the stages wait for each other: {path}", at, hint=hint, on_key=True)


def outputs(view: View) -> Iterator[Diagnostic]:
    """Each file is made by one stage, and read by others (M331)."""
    made = [(name, key, path) for name, stage in stages(view).items() for key, path in makes(stage)]
    for (one, _, first), (two, key, second) in combinations(made, 2):
        if overlap(first, second):
            same = first == second
            what = f"`{second}`" if same else f"`{second}` and `{first}`, which overlap"
            who = (
                f"the stages `{one}` and `{two}` both make"
                if same
                else f"the stages `{two}` and `{one}` make"
            )
            message = f"{who} {what}" if one != two else f"the stage `{one}` makes {what}{' twice' * same}"
            hint = "one stage makes a file or folder; give the other a path of its own"
            yield Diagnostic("M331", message, ("pipeline", "stages", two, *key), hint=hint)


def own_names(view: View) -> Iterator[Diagnostic]:
    """Two stages are ours: the validation, and what records the mode of an incremental training (M335)."""
    strategy = view.spec.retraining.strategy if view.spec.retraining else None
    ours = {"validate": view.spec.validation, "mode": strategy and strategy.mode == "incremental"}
    for name in stages(view):
        if ours.get(name):
            message = f"a stage called `{name}` is generated already"
            hint = f"give yours another name, e.g. `{name}_own`"
            yield Diagnostic("M335", message, ("pipeline", "stages", name), hint=hint, on_key=True)


def own_output(view: View) -> Iterator[Diagnostic]:
    """No stage reads what it makes itself (M331)."""
    for name, stage in stages(view).items():
        made = [path for _, path in makes(stage)]
        for index, dep in enumerate(map(normpath, stage.deps)):
            if any(overlap(dep, path) for path in made):
                message = f"the stage `{name}` reads and makes `{dep}`"
                hint = "remove it from `deps`, or write the result to another path"
                yield Diagnostic("M331", message, ("pipeline", "stages", name, "deps", index), hint=hint)


def ends(view: View) -> Iterator[Diagnostic]:
    """The model is something that the pipeline makes (M332)."""
    artifact = view.spec.model.artifact if view.spec.model else None
    if artifact is None or view.spec.pipeline is None:
        return
    outs = {normpath(out): name for name, stage in stages(view).items() for out in stage.outs}
    if normpath(artifact) not in outs:
        from mlopsc.spec.suggest import did_you_mean

        listed = f"the outs are {', '.join(f'`{out}`' for out in outs)}" if outs else "no stage has `outs`"
        message = f"`{artifact}` is the model, and no stage has it among its `outs`"
        hint = did_you_mean(artifact, [out for out in outs if not _is_file(out)]) or listed
        yield Diagnostic("M332", message, ("model", "artifact"), hint=hint)


def _is_file(path: str) -> bool:
    """Say whether a path looks like a file; a model is a directory of MLflow."""
    return "." in path.rpartition("/")[2]


def reads_data(view: View) -> Iterator[Diagnostic]:
    """Some stage reads the data; behind a URL it is read by the stages that come first (M333)."""
    data = view.spec.data
    if data is None or not stages(view) or defaults.protocol(data.path):
        return
    folder = normpath(defaults.watched(data.path))
    names = [normpath(path) for stage in stages(view).values() for path in stage.deps]
    if folder != "." and not any(overlap(folder, name) for name in names):
        first = next(iter(stages(view)))
        message = f"no stage reads `{data.path}`: new data would train nothing"
        hint = f"add it to the `deps` of the stage that reads it, e.g. of `{first}`"
        yield Diagnostic("M333", message, ("pipeline", "stages"), hint=hint, on_key=True)


def _before(name: str, stage: "Stage", others: Stages) -> list[str]:
    deps = [normpath(dep) for dep in stage.deps]
    return [
        other
        for other, there in others.items()
        if other != name and any(overlap(dep, path) for dep in deps for _, path in makes(there))
    ]


def _ring(needs: Mapping[str, list[str]]) -> list[str]:
    """Return stages that wait for each other in a circle; each stage given here waits for another one."""
    path: list[str] = []
    name = next(iter(needs), "")
    while name and name not in path:
        path.append(name)
        name = needs[name][0]
    return path[path.index(name) :] if name else []


RULES = (cycle, outputs, own_names, own_output, ends, reads_data)
