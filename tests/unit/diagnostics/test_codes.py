"""The registry of codes, and the story that `explain` tells."""

import subprocess
import sys
from pathlib import Path

import pytest
from mlopsc.diagnostics import Rejected
from mlopsc.diagnostics.codes import all_codes, coverage, find, reading
from mlopsc.diagnostics.explain import explain
from mlopsc.source.compose import compose
from mlopsc.source.surprises import surprises

# Their example is no YAML text.
_NO_YAML = {"M101", "M102"}


def test_find() -> None:
    assert find("M104") is reading.M104
    assert find("M701") is coverage.M701
    with pytest.raises(KeyError):
        find("M000")


def test_a_module_holds_one_family() -> None:
    families: dict[str, set[str]] = {}
    for name, kind in all_codes().items():
        families.setdefault(kind.__module__, set()).add(name[1])
    assert [module for module, digits in families.items() if len(digits) != 1] == []


def test_no_code_is_defined_twice() -> None:
    folder = Path(reading.__file__).parent
    names = [
        line.removeprefix("class ").partition("(")[0]
        for module in folder.glob("*.py")
        for line in module.read_text().split("\n")
        if line.startswith("class M")
    ]
    assert sorted(names) == list(all_codes())


@pytest.mark.parametrize("code", sorted(set(vars(reading)) & set(all_codes()) - _NO_YAML))
def test_each_example_has_its_fault(code: str) -> None:
    try:
        found = tuple(surprises(compose(find(code).example, "mlops.yaml")))
    except Rejected as rejected:
        found = rejected.diagnostics
    assert code in {diagnostic.code for diagnostic in found}


def test_the_story_of_a_code() -> None:
    assert explain("M104") == (
        "M104 (error): duplicate key\n"
        "\n"
        "One mapping has the same key twice.\n"
        "\n"
        "YAML readers keep one of the two in silence, mostly the last, so that a setting is lost\n"
        "without a word.\n"
        "\n"
        "Fix: remove one of them, or join their contents.\n"
        "\n"
        "Example:\n"
        "\n"
        "    model: {name: churn}\n"
        "    model: {owner: data-team}\n"
    )


def test_no_story_of_an_unknown_code() -> None:
    with pytest.raises(KeyError):
        explain("M999")


def test_codes_cost_nothing_until_something_is_said() -> None:
    program = (
        "import sys, mlopsc.diagnostics, mlopsc.source.extends, mlopsc.diagnostics.render;"
        "print([name for name in sys.modules if '.codes' in name or 'render.' in name])"
    )
    folder = str(Path(reading.__file__).parents[3])
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": folder},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"
