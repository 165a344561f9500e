"""Where in a workflow or action its scripts and actions stand. A text that is no YAML has none: others judge that."""

from collections.abc import Iterator

from yaml import MappingNode, Node, ScalarNode, SequenceNode, YAMLError, compose


def actions(text: str) -> Iterator[ScalarNode]:
    """Yield the value of each `uses:`, of a step or of a job."""
    for step, _ in _steps(text):
        yield from _scalar(step, "uses")
    for job in _jobs(_composed(text)):
        yield from _scalar(job, "uses")


def scripts(text: str) -> Iterator[tuple[ScalarNode, str]]:
    """Yield each `run:` with its shell: the step's, else that of its job, of the workflow, or the runner's."""
    for step, usual in _steps(text):
        shells = [each.value for each in _scalar(step, "shell")]
        yield from ((run, *shells[:1]) if shells else (run, usual) for run in _scalar(step, "run"))


def _steps(text: str) -> Iterator[tuple[Node, str]]:
    """Yield each step with the shell that it has when it names none."""
    root = _composed(text)
    usual = _shell(root) or "bash"
    for step in _items(_get(root, "runs", "steps")):
        yield step, usual
    for job in _jobs(root):
        for step in _items(_get(job, "steps")):
            yield step, _shell(job) or usual


def _jobs(root: Node | None) -> list[Node]:
    jobs = _get(root, "jobs")
    return [value for _, value in jobs.value] if isinstance(jobs, MappingNode) else []


def _shell(owner: Node | None) -> str:
    return next((each.value for each in _scalar(_get(owner, "defaults", "run"), "shell")), "")


def _composed(text: str) -> Node | None:
    try:
        return compose(text)
    except YAMLError:
        return None


def _get(node: Node | None, *keys: str) -> Node | None:
    for key in keys:
        pairs = node.value if isinstance(node, MappingNode) else []
        node = next((value for name, value in pairs if name.value == key), None)
    return node


def _scalar(node: Node | None, key: str) -> Iterator[ScalarNode]:
    """Yield the value of every such key: there may be two by mistake."""
    pairs = node.value if isinstance(node, MappingNode) else []
    yield from (value for name, value in pairs if name.value == key and isinstance(value, ScalarNode))


def _items(node: Node | None) -> list[Node]:
    return node.value if isinstance(node, SequenceNode) else []
