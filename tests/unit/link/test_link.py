"""The linker: what is needed is there, paths are one each and inside, `own` names what is generated."""

from typing import Any

import pytest
from mlopsc.diagnostics import Rejected
from mlopsc.files import File, Place, Rendered, Verbatim
from mlopsc.link import link
from mlopsc.symbols import (
    Alert,
    Command,
    Dag,
    Job,
    Metric,
    Need,
    Program,
    Report,
    Symbol,
    Table,
    Topic,
    stamped,
)

HERE = ("drift", "schedule")


def file(path: str, target: str = "a", **options: Any) -> Rendered:
    return Rendered(File(path, Verbatim(path), **options), b"", target)


def findings(*files: Rendered, symbols: tuple[Symbol, ...] = (), **options: Any) -> list[tuple[Any, ...]]:
    with pytest.raises(Rejected) as caught:
        link(files, Table.of(symbols), **options)
    return [(found.code, found.path, found.message, found.hint) for found in caught.value.diagnostics]


def test_files_come_in_order() -> None:
    made = [file("b"), file("a"), file("z", place=Place.ROOT), file("c/d")]
    linked = link(made, Table.of([]))
    assert [each.file.path for each in linked] == ["a", "b", "c/d", "z"]
    assert link(made[::-1], Table.of([])) == linked


def test_everything_needed_is_there() -> None:
    symbols = (
        Command("drift", ("ops/drift.py", "ops/nothing.py")),
        Command("clean", ("rm", "-r", "reports")),
        Program("ops/drift.py"),
        Job("drift", ("drift",), at=HERE),
        Dag("d", ("drift", "clean")),
        Metric("m"),
        Alert("A", ("m",)),
    )
    needs = (Need(Metric, "m"), Need(Command, "drift"))
    assert len(link([file("ops/drift.py", needs=needs)], Table.of(symbols))) == 1


@pytest.mark.parametrize(
    ("symbol", "message"),
    [
        (Command("drift", ("ops/drfit.py",), at=HERE), "the command `drift` of t runs `ops/drfit.py`"),
        (Program("ops/drfit.py", at=HERE), "the program `ops/drfit.py` of t is `ops/drfit.py`"),
        (Job("j", ("drift", "drfit"), at=HERE), "the job `j` of t runs the command `drfit`"),
        (Dag("d", ("drift", "drfit"), at=HERE), "the DAG `d` of t runs the command `drfit`"),
        (Alert("A", ("drift_scor",), at=HERE), "the alert `A` of t watches the metric `drift_scor`"),
    ],
)
def test_a_symbol_that_names_what_nothing_brings(symbol: Symbol, message: str) -> None:
    known = [Command("drift", ("ops/drift.py",)), Metric("drift_score")]
    others = [other for other in known if (type(other), other.name) != (type(symbol), symbol.name)]
    (found,) = findings(file("ops/drift.py"), symbols=(*others, stamped(symbol, "t")))
    assert found[:2] == ("M501", HERE)
    assert found[2] == f"{message}, which nothing brings"
    assert found[3].startswith("did you mean `")


def test_a_file_that_needs_what_nothing_brings() -> None:
    needs = (Need(Topic, "report", HERE), Need(Report, "reports/x.json"))
    first, second = findings(file("a.yml", needs=needs, at=("events",)), symbols=(Topic("reports"),))
    message = "a.yml needs the topic `report`, which nothing brings"
    assert first == ("M501", HERE, message, "did you mean `reports`?")
    assert second[1] == ("events",)
    assert second[3] == "nothing of this kind is there"


@pytest.mark.parametrize("path", ["../x", "/x", "a/../x", "./x", "a//b", "a\nb", ".."])
def test_a_path_that_is_not_plain(path: str) -> None:
    (found,) = findings(file(path, at=HERE))
    assert found[:2] == ("M505", HERE)


def test_a_name_may_begin_with_dots() -> None:
    assert link([file("..data/x")], Table.of([]))


def test_two_targets_with_one_path() -> None:
    (found,) = findings(file("x", "a"), file("x", "b", at=HERE))
    assert found[:3] == ("M505", HERE, "the targets a and b both write x")


def test_one_target_with_one_path_twice() -> None:
    (found,) = findings(file("x", "a"), file("x", "a", at=HERE))
    assert found[:3] == ("M505", HERE, "a writes x twice")


def test_the_root_and_the_folder_of_the_spec_may_be_one() -> None:
    files = (file("x", "a"), file("x", "b", place=Place.ROOT))
    assert len(link(files, Table.of([]), folder="models/churn")) == 2
    assert findings(*files)[0][0] == "M505"
    assert findings(file("x"), file("m/x", place=Place.ROOT), folder="m")[0][0] == "M505"


def test_own_names_generated_files() -> None:
    assert link([file("mlops.mk")], Table.of([]), own=("mlops.mk",))
    (found,) = findings(file("mlops.mk"), own=("mlops.mk", "mlop.mk"))
    assert found == (
        "M506",
        ("own", 1),
        "`mlop.mk` is not a file that this spec generates",
        "did you mean `mlops.mk`?",
    )


def test_all_faults_at_once() -> None:
    found = findings(file("../x"), file("y", needs=(Need(Metric, "m"),)), own=("z",))
    assert [each[0] for each in found] == ["M505", "M501", "M506"]
