"""Mutations of a spec's data: keys and values move, so that the result is YAML and often compiles."""

import copy
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import yaml

from fuzzing.seeds import Seeds

Tree = dict[str, Any]
Place = tuple[Any, Any]
Mutation = Callable[[Random, Tree, Seeds], None]

_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

# The edges of what the language counts, measures, schedules and refers to.
_EDGES: tuple[Any, ...] = (
    *(0, -1, 1, 2**31, 2**63, 10**30, 0.0, -0.0, 1e-320, 1e308, 0.5, float("nan"), float("inf"), True, None),
    *("", " ", "0%", "5%", "100%", "101%", "-1%", "1e999%", "30s", "0d", "6h", "99999999d", "7 d"),
    *("hourly", "daily at 06:00", "daily at 24:00", "every 5 hours", "weekly on MON at 00:00", "@weekly"),
    *("0 0 31 2 *", "*/7 * * * *", "banana", "2Gi", "500m", "1.5", "3.12", "no", "on", "12:30", "1e-3"),
    *("../../etc/passwd", "/etc/passwd", "data/*.csv", "s3://bucket/key.parquet", "https://u:p@h/x", "x" * 5000),
    *("é\u2028\U0001f600", "${{ secrets.X }}", "{{ x }}", "<%= x %>", "-=#@", "a: b", "'\"\\", "\x85", "a.b.c"),
    *([], {}, [[]], [None], {"": ""}, {"env": "NAME"}, {"secret": "NAME"}, {"secret": ""}, {"min": 5, "max": 1}),
)  # fmt: skip


def mutate(rng: Random, seeds: Seeds) -> tuple[dict[str, bytes], str]:
    """Return the files of a mutated spec, and which of them is the spec."""
    seed = rng.choice(seeds.good)
    tree = copy.deepcopy(seed.tree) or {}
    for _ in range(rng.choice((1, 1, 1, 1, 2, 2, 3, 6))):
        rng.choices(_MUTATIONS, _WEIGHTS)[0](rng, tree, seeds)
    return {**seed.files, seed.spec: _dumped(rng, tree)}, seed.spec


def _dumped(rng: Random, tree: Tree) -> bytes:
    # Round numbers of columns bring out what breaks where lines are folded.
    text: str = yaml.dump(
        tree,
        Dumper=_DUMPER,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=rng.choice((None, False, False, True)),
        width=rng.choice((20, 80, 10_000)),
    )
    return text.encode("utf-8", "surrogatepass")


def _places(value: Any) -> Iterator[Place]:
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])


def _any_place(rng: Random, tree: Tree) -> Place:
    # A step down at a time, so that short sections are met as often as long ones.
    place: Place = (tree, rng.choice(list(tree)))
    while rng.random() < 0.7 and (below := _children(place[0][place[1]])):
        place = rng.choice(below)
    return place


def _children(value: Any) -> list[Place]:
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [(value, key) for key in keys]


def _delete(rng: Random, tree: Tree, _seeds: Seeds) -> None:
    container, key = _any_place(rng, tree)
    if len(tree) > 1:
        del container[key]


def _duplicate(rng: Random, tree: Tree, _seeds: Seeds) -> None:
    container, key = _any_place(rng, tree)
    if isinstance(container, list):
        container.insert(key, copy.deepcopy(container[key]))
    else:
        container[f"{key}_2"] = copy.deepcopy(container[key])


def _move(rng: Random, tree: Tree, _seeds: Seeds) -> None:
    (source, key), (goal, name) = _any_place(rng, tree), _any_place(rng, tree)
    value = copy.deepcopy(source[key])
    if isinstance(goal, list):
        goal.insert(name, value)
    else:
        goal[key if isinstance(key, str) else name] = value


def _rename(rng: Random, tree: Tree, seeds: Seeds) -> None:
    container, key = _any_place(rng, tree)
    if isinstance(container, dict):
        other = rng.choice(sorted(seeds.values)) if rng.random() < 0.5 else _typo(rng, key)
        renamed = {(other if name == key else name): value for name, value in container.items()}
        container.clear()
        container.update(renamed)


def _typo(rng: Random, word: str) -> str:
    at = rng.randrange(len(word) + 1)
    return word[:at] + rng.choice("aez_-. ") + word[at + rng.choice((0, 1)) :]


def _section(rng: Random, tree: Tree, seeds: Seeds) -> None:
    """Take a section from another spec."""
    other = rng.choice(seeds.good).tree or {}
    name = rng.choice(sorted(other))
    tree[name] = copy.deepcopy(other[name])


def _same_field(rng: Random, tree: Tree, seeds: Seeds) -> None:
    """Take the value that another spec, or an example of the schema, has for this key."""
    fitting = [place for place in _places(tree) if seeds.values.get(place[1])]
    if fitting:
        container, key = rng.choice(fitting)
        container[key] = copy.deepcopy(rng.choice(seeds.values[key]))


def _other_field(rng: Random, tree: Tree, seeds: Seeds) -> None:
    container, key = _any_place(rng, tree)
    values = seeds.values[rng.choice(sorted(name for name, found in seeds.values.items() if found))]
    container[key] = copy.deepcopy(rng.choice(values))


def _edge(rng: Random, tree: Tree, _seeds: Seeds) -> None:
    container, key = _any_place(rng, tree)
    container[key] = copy.deepcopy(rng.choice(_EDGES))


def _wrap(rng: Random, tree: Tree, seeds: Seeds) -> None:
    container, key = _any_place(rng, tree)
    name = rng.choice(sorted(seeds.values))
    container[key] = [container[key]] if rng.random() < 0.5 else {name: container[key]}


def _overlay(rng: Random, tree: Tree, seeds: Seeds) -> None:
    """Let an environment say something about a section."""
    name = rng.choice(sorted(tree))
    other = rng.choice(seeds.good).tree or {}
    part = copy.deepcopy(other.get(name, tree[name]) if rng.random() < 0.7 else tree[name])
    environments = tree.setdefault("environments", {})
    if isinstance(environments, dict):
        where = environments.setdefault(rng.choice(("staging", "production", "dev")), {})
        if isinstance(where, dict):
            where[name] = part


def _shuffle(rng: Random, tree: Tree, _seeds: Seeds) -> None:
    container, _ = _any_place(rng, tree)
    if isinstance(container, list):
        rng.shuffle(container)
    else:
        items = list(container.items())
        rng.shuffle(items)
        container.clear()
        container.update(items)


_RATES: dict[Mutation, int] = {
    **{_same_field: 12, _delete: 6, _shuffle: 4, _section: 3, _duplicate: 3, _edge: 3},
    **{_other_field: 2, _move: 2, _rename: 2, _overlay: 2, _wrap: 1},
}
_MUTATIONS, _WEIGHTS = list(_RATES), list(_RATES.values())
