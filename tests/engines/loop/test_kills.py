"""Killed between any two calls to MLflow, and run again: every program ends consistent."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.engines.loop.project import Project, rows
from tests.engines.loop.test_register import BETTER, GOOD, promoted

LENIENT = {
    "gate": [
        {"metric": "accuracy", "min": 0.5},
        {"metric": "accuracy", "improves_on": "champion", "by": {"absolute": -1}},
    ]
}


class Killed(BaseException):
    """The process is gone: nothing catches this."""


class Mortal:
    """A client that dies when it is asked for its call number `last`.

    Dying after a call is dying before the next one.
    """

    def __init__(self, client: Any, last: int) -> None:
        self.client, self.left = client, last

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any, **keywords: Any) -> Any:
            self.left -= 1
            if self.left == 0:
                raise Killed
            return getattr(self.client, name)(*arguments, **keywords)

        return call


class Reaper:
    """Runs a step with a client that dies at a given call, of all calls that the step makes."""

    def __init__(self, project: Project, patch: pytest.MonkeyPatch) -> None:
        self.project, self.patch = project, patch
        self.connect = project.ops["registry"].connect

    def kills(self, last: int, step: str, *arguments: str) -> bool:
        """Return whether the step made so many calls, and so was killed."""
        with self.patch.context() as patch:
            patch.setattr(
                self.project.ops["registry"], "connect", lambda uri: Mortal(self.connect(uri), last)
            )
            try:
                self.project.step(step, *arguments)
            except Killed:
                return True
        return False


@pytest.fixture
def reaper(project: Project, monkeypatch: pytest.MonkeyPatch) -> Reaper:
    project.configure(registry=LENIENT)
    promoted(project, GOOD)
    return Reaper(project, monkeypatch)


def test_register(project: Project, reaper: Reaper) -> None:
    for last in range(1, 60):
        project.model(50 + last / 100)
        model = project.ops["digests"].digest("models/model")
        killed = reaper.kills(last, "register")
        for version in project.versions():
            assert complete(project, version), f"call {last}: version {version.version} is half there"
        assert project.aliases()["champion"] == "1"
        assert project.step("register")["verdict"] == "passed"
        ours = [version for version in project.versions() if version.tags["mlops.model_hash"] == model]
        assert [str(version.version) for version in ours] == [project.aliases()["candidate"]]
        assert len(project.versions()) == last + 1
        if not killed:
            assert last > 12
            return
    pytest.fail("register made more calls than were tried")


def test_promote(project: Project, reaper: Reaper) -> None:
    for last in range(1, 30):
        project.write("data/customers.csv", rows(300 + last, seed=last))
        project.model(50 + last / 100)
        number = str(project.step("register")["figures"]["version"])
        before = project.aliases()["champion"]
        killed = reaper.kills(last, "promote")
        assert project.aliases()["champion"] in (before, number)
        assert project.step("promote")["verdict"] == "promoted"
        assert project.aliases() == {"champion": number, "previous": before}
        assert len(pd.read_parquet(".mlops/reference.parquet")) == 300 + last
        if not killed:
            assert last > 5
            return
    pytest.fail("promote made more calls than were tried")


def test_roll_back(project: Project, reaper: Reaper) -> None:
    for last in range(1, 30):
        project.write("data/customers.csv", rows(300 + last, seed=last))
        project.model(50 + last / 100)
        number = str(project.step("register")["figures"]["version"])
        project.step("promote")
        killed = reaper.kills(last, "rollback", "--back")
        again = project.step("rollback", "--back")["verdict"]
        assert again == ("rolled back" if killed else "refused")
        assert project.aliases() == {"champion": "1"}
        assert project.versions()[int(number) - 1].tags["mlops.rolled_back"] == "true"
        assert len(pd.read_parquet(".mlops/reference.parquet")) == 400
        if not killed:
            assert last > 6
            return
    pytest.fail("rollback made more calls than were tried")


def test_killed_within_the_reference_leaves_a_whole_one(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    promoted(project, GOOD)
    project.write("data/customers.csv", rows(300, seed=1))
    project.model(BETTER)
    project.step("register")
    with monkeypatch.context() as patch:
        patch.setattr(project.ops["promote"].os, "replace", lambda *_: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            project.ops["promote"].main([])
    assert len(pd.read_parquet(".mlops/reference.parquet")) == 400
    project.step("promote")
    assert len(pd.read_parquet(".mlops/reference.parquet")) == 300


def complete(project: Project, version: Any) -> bool:
    """Return whether a version has its model and its origin."""
    root = Path(version.source).parent
    names = ("model/MLmodel", "model/cut.json", "origin/origin.json", "origin/reference.parquet")
    return all((root / name).exists() for name in names)
