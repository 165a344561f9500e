"""Chains of `extends`, and how one spec overlays another."""

from collections.abc import Mapping
from typing import Any

import pytest
from mlopsc.diagnostics import Diagnostic, Path, Rejected
from mlopsc.source import Document
from mlopsc.source.compose import compose
from mlopsc.source.extends import inside, load
from mlopsc.source.merge import merge


def _keeps(path: Path, base: dict[str, Any], over: dict[str, Any]) -> frozenset[str]:
    return frozenset()


def _load(files: Mapping[str, str], name: str = "mlops.yaml") -> Document:
    def read(path: str) -> bytes:
        if path not in files:
            raise FileNotFoundError(2, "No such file or directory", path)
        return files[path].encode()

    return load(name, read, _keeps)


def _refused(files: Mapping[str, str], name: str = "mlops.yaml") -> Diagnostic:
    with pytest.raises(Rejected) as caught:
        _load(files, name)
    (found,) = caught.value.diagnostics
    return found


def _merged(base: str, over: str) -> Any:
    return merge(compose(base, "base"), compose(over, "over"), _keeps).data()


@pytest.mark.parametrize(
    ("base", "over", "merged"),
    [
        ("a: 1\nb: 2", "b: 3\nc: 4", {"a": 1, "b": 3, "c": 4}),
        ("a: {b: {c: 1, d: 2}}", "a: {b: {c: 3}}", {"a": {"b": {"c": 3, "d": 2}}}),
        ("a: [1, 2]", "a: [3]", {"a": [3]}),
        ("a: {b: 1}", "a: text", {"a": "text"}),
        ("a: text", "a: {b: 1}", {"a": {"b": 1}}),
        ("a: {b: 1, c: 2}", "a: {b: null}", {"a": {"c": 2}}),
        ("a: {b: 1, c: 2}", "a: ~", {}),
        ("a: 1", "b: null", {"a": 1, "b": None}),
        ("a: null", "a: {b: 1}", {"a": {"b": 1}}),
        ("slack: x", "slack: #ml-alerts", {"slack": None}),
        ("a: {}", "a: {}", {"a": {}}),
    ],
)
def test_mappings_merge_the_rest_replaces_and_null_removes(base: str, over: str, merged: object) -> None:
    assert _merged(base, over) == merged


def test_keys_keep_the_order_of_the_base() -> None:
    assert list(_merged("a: 1\nb: 2\nc: 3", "d: 4\nb: 5\na: 6")) == ["a", "b", "c", "d"]


def test_a_changed_tag_drops_what_belonged_to_the_old_one() -> None:
    seen = []

    def loses(path: Path, base: dict[str, Any], over: dict[str, Any]) -> frozenset[str]:
        seen.append((path, base, over))
        return frozenset({"steps"}) if path == ("deployment",) else frozenset()

    base = compose("deployment: {strategy: canary, steps: [5], port: 80}", "base")
    over = compose("deployment: {strategy: rolling}", "over")
    assert merge(base, over, loses).data() == {"deployment": {"strategy": "rolling", "port": 80}}
    assert seen[1] == (
        ("deployment",),
        {"strategy": "canary", "steps": [5], "port": 80},
        {"strategy": "rolling"},
    )


def test_a_field_of_the_old_tag_may_be_given_anew() -> None:
    base, over = compose("a: {s: x, b: {old: 1}}", "base"), compose("a: {s: y, b: {new: 1}}", "over")
    merged = merge(base, over, lambda path, _base, _over: frozenset({"b"} if path == ("a",) else ()))
    assert merged.data() == {"a": {"s": "y", "b": {"new": 1}}}


def test_a_chain_is_merged_from_its_end() -> None:
    document = _load(
        {
            "models/churn/mlops.yaml": "extends: ../../platform/house.yaml\na: 1\n",
            "platform/house.yaml": "extends: company.yaml\na: 2\nb: 2\n",
            "platform/company.yaml": "a: 3\nb: 3\nc: 3\n",
        },
        "models/churn/mlops.yaml",
    )
    assert document.root.data() == {"a": 1, "b": 2, "c": 3, "extends": "../../platform/house.yaml"}
    assert list(document.sources) == [
        "models/churn/mlops.yaml",
        "platform/house.yaml",
        "platform/company.yaml",
    ]


def test_each_value_keeps_the_place_where_it_was_written() -> None:
    document = _load({"mlops.yaml": "extends: house.yaml\na: {b: 1}\n", "house.yaml": "\n\na: {c: 2}\n"})
    b, c = document.span(("a", "b")), document.span(("a", "c"))
    assert (b.file, b.line, b.column) == ("mlops.yaml", 2, 8)
    assert (c.file, c.line, c.column) == ("house.yaml", 3, 8)


def test_what_a_house_says_of_itself_is_not_inherited() -> None:
    document = _load({"mlops.yaml": "extends: house.yaml\n", "house.yaml": "models: [models/churn]\na: 1\n"})
    assert document.root.data() == {"extends": "house.yaml", "a": 1}
    assert document.houses == ("house.yaml",)


@pytest.mark.parametrize(
    ("target", "stands_in", "path"),
    [
        ("house.yaml", "mlops.yaml", "house.yaml"),
        ("../house.yaml", "models/mlops.yaml", "house.yaml"),
        ("./a/../b.yaml", "m/mlops.yaml", "m/b.yaml"),
        ("..house.yaml", "m/mlops.yaml", "m/..house.yaml"),
        ("../house.yaml", "mlops.yaml", None),
        ("../../etc/passwd", "m/mlops.yaml", None),
        ("/etc/passwd", "mlops.yaml", None),
        ("https://example.com/a.yaml", "mlops.yaml", None),
        ("file:///etc/passwd", "m/n/o/mlops.yaml", None),
        ("..\\..\\a.yaml", "mlops.yaml", None),
        ("a\0.yaml", "mlops.yaml", None),
    ],
)
def test_a_path_stays_inside_the_repository(target: str, stands_in: str, path: str | None) -> None:
    assert inside(target, stands_in) == path


@pytest.mark.parametrize("target", ["../house.yaml", "/etc/passwd", "https://example.com/house.yaml"])
def test_outside(target: str) -> None:
    found = _refused({"mlops.yaml": f"extends: {target}\n"})
    assert (found.code, found.message) == ("M120", f"`{target}` leaves the repository")


@pytest.mark.parametrize(
    "files",
    [
        {"mlops.yaml": "extends: mlops.yaml"},
        {"mlops.yaml": "extends: ./a.yaml", "a.yaml": "extends: x/../mlops.yaml"},
        {"mlops.yaml": "extends: a.yaml", "a.yaml": "extends: b.yaml", "b.yaml": "extends: a.yaml"},
    ],
)
def test_a_cycle(files: dict[str, str]) -> None:
    found = _refused(files)
    assert found.code == "M121"
    assert found.span and found.span.file == list(files)[-1]


def test_a_missing_file() -> None:
    found = _refused({"mlops.yaml": "extends: a.yaml"})
    assert (found.code, found.message) == ("M122", "`a.yaml` cannot be read: no such file or directory")
    assert found.span and (found.span.file, found.span.column) == ("mlops.yaml", 10)


def test_a_missing_spec_is_the_callers_to_tell() -> None:
    with pytest.raises(FileNotFoundError):
        _load({})


@pytest.mark.parametrize("value", ["[a.yaml]", "{path: a.yaml}", "1", "true"])
def test_extends_takes_one_path(value: str) -> None:
    assert _refused({"mlops.yaml": f"extends: {value}"}).code == "M202"


def test_faults_of_an_extended_file_are_placed_in_it() -> None:
    found = _refused({"mlops.yaml": "extends: a.yaml", "a.yaml": "b: 1\nc: @x\n"})
    assert found.span and (found.code, found.span.file, found.span.line) == ("M105", "a.yaml", 2)
