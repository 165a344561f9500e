"""Each program of the registry and fetch, killed at a hundred of its lines, and run again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.conftest_engines import engine
from tests.engines.killing import interrupted, killed, length, points
from tests.engines.loop.conftest import dvc
from tests.engines.loop.project import Project, rows
from tests.engines.loop.test_kills import LENIENT, complete
from tests.engines.loop.test_register import GOOD, promoted

pytestmark = pytest.mark.slow


def programs(project: Project) -> Path:
    """Return the folder that the imported programs are in."""
    return Path(str(project.ops["verdict"].__file__)).parent


@pytest.mark.parametrize("path", ["data/customers.csv", "data"])
def test_fetch(bare: Project, path: str) -> None:
    bare.configure(data=bare.config["data"] | {"path": path})
    total, folder = 400, programs(bare)

    def arrive(number: int) -> int:
        bare.write(f"incoming/{number}.csv", rows(3, seed=number))
        bare.write(f"incoming/{number}-b.csv", rows(4, seed=number + 1000))
        return 7

    def there() -> int:
        files = [Path(path)] if path.endswith("csv") else list(Path(path).glob("*.csv"))
        return sum(len(file.read_text().splitlines()) - 1 for file in files)

    total += arrive(1)
    lines = length(folder, lambda: bare.step("fetch"))
    deaths = 0
    for number, last in enumerate(points(lines, 50), 2):
        total += arrive(number)
        deaths += killed(folder, lambda: bare.step("fetch"), last)
        assert bare.step("fetch")["verdict"] in ("fetched", "nothing new")
        assert there() == total, f"killed at line {last} of {lines}"
        assert not list(Path(path).parent.glob(".*draft*"))
    assert deaths >= 48


@pytest.fixture
def three(project: Project) -> Project:
    """Return a project with three versions that passed the gate; the first is the champion."""
    project.configure(registry=LENIENT)
    promoted(project, GOOD)
    for number, cut in ((2, 44.0), (3, 43.0)):
        project.write("data/customers.csv", rows(400 + 10 * number, seed=number))
        project.model(cut)
        assert project.step("register")["figures"]["version"] == number
    return project


def reference() -> int:
    """Return the rows that drift is measured against: 400 of version 1, 420 of 2, 430 of 3."""
    return len(pd.read_parquet(".mlops/reference.parquet"))


ROWS = {"1": 400, "2": 420, "3": 430}


def test_promote(three: Project) -> None:
    folder = programs(three)

    def promote(version: str) -> Callable[[], Any]:
        return lambda: three.step("promote", "--version", version)

    lines = length(folder, promote("2"))
    now, deaths = "2", 0
    for last in points(lines):
        before, now = now, "3" if now == "2" else "2"
        deaths += interrupted(folder, promote(now), last)
        assert three.aliases()["champion"] in (before, now)
        assert three.step("promote", "--version", now)["verdict"] == "promoted"
        found = three.aliases()
        assert (found["champion"], found["previous"], reference()) == (now, before, ROWS[now]), last
    assert deaths >= 98


def test_roll_back(three: Project) -> None:
    folder = programs(three)
    client = three.ops["registry"].connect(three.config["tracking"]["uri"])

    def back() -> Any:
        return three.step("rollback", "--back")

    three.step("promote", "--version", "2")
    lines, deaths = length(folder, back), 0
    for last in points(lines):
        client.delete_model_version_tag("churn", "2", "mlops.rolled_back")
        assert three.step("promote", "--version", "2")["verdict"] == "promoted"
        died = interrupted(folder, back, last)
        deaths += died
        verdict = back()["verdict"]
        # Killed after its last step, there is nothing left to go back to.
        assert verdict == "rolled back" or (verdict == "refused" and "previous" not in three.aliases())
        assert (three.aliases()["champion"], reference()) == ("1", 400), last
        assert "mlops.rolled_back" in client.get_model_version("churn", "2").tags
    assert deaths >= 98


def test_register(project: Project) -> None:
    project.configure(registry=LENIENT)
    promoted(project, GOOD)
    folder = programs(project)
    made = project.ops["digests"]

    def model(number: int) -> None:
        project.write("params.yaml", f"seed: 1\ntrain: {{cut: {50 + number / 100}}}\n")
        project.write("models/model/cut.json", str(50 + number / 100))

    model(0)
    lines, deaths = length(folder, lambda: project.step("register")), 0
    for number, last in enumerate(points(lines), 1):
        model(number)
        deaths += interrupted(folder, lambda: project.step("register"), last)
        assert project.aliases()["champion"] == "1"
        assert project.step("register")["verdict"] == "passed"
        versions = project.versions()
        assert len(versions) == number + 2
        newest = versions[-1]
        assert newest.tags["mlops.model_hash"] == made.digest("models/model")
        assert project.aliases()["candidate"] == str(newest.version)
        assert complete(project, newest), f"killed at line {last} of {lines}"
    assert deaths >= 98


def test_restore(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    engine("dvc")
    from dvc.cli import main

    project.write(".dvc/config", "[core]\n    analytics = false\n    check_update = false\n")
    project.write(".gitignore", "__pycache__/\n/mlflow.db\n/mlruns/\n/incoming/\n/models/\n/metrics.json\n")
    project.configure(registry=LENIENT)
    monkeypatch.setattr(project.ops["restore"], "dvc", lambda *words: check_code(main([*words])))
    for number, count in (("1", 400), ("2", 430)):
        project.write("data/customers.csv", rows(count, seed=count))
        dvc(project.root, "add", "-q", "data/customers.csv")
        project.write("src/note.py", f"# version {number}\n")
        project.model(40 + count / 100)
        project.commit()
        # What is not committed belongs to a version, too.
        project.write("params.yaml", f"seed: {number}\ntrain: {{cut: {40 + count / 100}}}\n")
        assert project.step("register")["figures"]["version"] == int(number)
        project.git("checkout", "-q", "params.yaml")
    folder, now, deaths = programs(project), "2", 0
    lines = length(folder, lambda: project.step("restore", "1"))
    for last in points(lines):
        now = "2" if now == "1" else "1"
        deaths += interrupted(folder, lambda number=now: project.step("restore", number), last)
        assert project.step("restore", now)["verdict"] == "restored", f"killed at line {last} of {lines}"
        assert len(Path("data/customers.csv").read_text().splitlines()) == {"1": 401, "2": 431}[now]
        assert Path("src/note.py").read_text() == f"# version {now}\n"
        assert Path("params.yaml").read_text().startswith(f"seed: {now}\n")
    assert deaths >= 98


def check_code(code: int) -> None:
    """Raise as the program does when DVC fails."""
    if code:
        raise ChildProcessError("dvc")
