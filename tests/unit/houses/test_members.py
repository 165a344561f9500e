"""Which specs come along with a house: those that it lists, inside its repository."""

from pathlib import Path

import pytest
from mlopsc.diagnostics import Rejected
from mlopsc.houses import members
from mlopsc.project import Project
from mlopsc.workspace import sites

HOUSE = "version: 1\nmodels: {}\n"


@pytest.fixture
def top(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    for name in ("models/a", "models/b"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "mlops.yaml").write_text(
            "version: 1\nmodel: {name: x}\nextends: ../../platform/house.yaml\n"
        )
    (tmp_path / "platform").mkdir()
    return tmp_path


def listed(top: Path, pattern: str) -> list[str]:
    (top / "platform/house.yaml").write_text(HOUSE.format(f"'{pattern}'"))
    (site,) = sites([str(top / "platform/house.yaml")], None, None)
    return list(members(Project.read(site)))


@pytest.mark.parametrize("pattern", ["../models/*/mlops.yaml", "../**/mlops.yaml", "../models/[ab]/*.yaml"])
def test_a_house_brings_the_models_that_it_lists(top: Path, pattern: str) -> None:
    assert listed(top, pattern) == ["models/a/mlops.yaml", "models/b/mlops.yaml"]


@pytest.mark.parametrize(
    "pattern", ["../model/*/mlops.yaml", "../models/a**b", "..", ".", "../../*", "/etc/*", "../models"]
)
def test_a_pattern_that_matches_no_spec(top: Path, pattern: str) -> None:
    with pytest.raises(Rejected) as caught:
        listed(top, pattern)
    (found,) = caught.value.diagnostics
    assert (found.code, found.path) == ("M123", ("models",))


def test_a_folder_brings_the_houses_of_its_models(top: Path) -> None:
    (top / "platform/house.yaml").write_text(HOUSE.format("../models/*/mlops.yaml"))
    found = {name for site in sites([str(top)], None, None) for name in members(Project.read(site))}
    assert found == {"platform/house.yaml"}
