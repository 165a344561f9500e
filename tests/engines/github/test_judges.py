"""The judges are alive: each planted fault is found, by exactly those that should. The golden files have none."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.engines.github.judges import KNOWN, Finding, judge, judged, read
from tests.trees import GOLDEN, ROOT

PLANTED = Path(__file__).parent / "planted"
FAULTS: dict[str, dict[str, Any]] = yaml.safe_load((PLANTED / "faults.yml").read_text("utf-8"))
CASES = [(base, name) for base, cases in FAULTS.items() for name in cases]
WHERE = {
    "sound.yml": ".github/workflows/sound.yml",
    "dependabot.yml": ".github/dependabot.yml",
    "action.yml": "action.yml",
}


def sound(base: str) -> str:
    return (PLANTED / base).read_text("utf-8")


def faulty(base: str, name: str) -> str:
    """Return a sound file with one fault planted."""
    text = sound(base)
    for was, now in FAULTS[base][name]["put"].items():
        assert text.count(was) == 1, was
        text = text.replace(was, now)
    return text


@pytest.fixture(scope="module")
def said() -> list[Finding]:
    """Return what all judges say of the sound files and of all faults: each process is started once."""
    files = {f"{base}/{name}/{WHERE[base]}": faulty(base, name) for base, name in CASES}
    return judged(files | {f"sound/{where}": sound(base) for base, where in WHERE.items()})


def of(said: list[Finding], folder: str) -> list[Finding]:
    found = [each for each in said if each.file.startswith(f"{folder}/")]
    return [each for each in found if (each.judge, each.message) not in KNOWN]


def test_sound_files_have_no_finding(said: list[Finding]) -> None:
    assert of(said, "sound") == []


@pytest.mark.parametrize(("base", "name"), CASES)
def test_a_fault_is_found_by_those_who_should(said: list[Finding], base: str, name: str) -> None:
    found = of(said, f"{base}/{name}")
    assert sorted({each.judge for each in found}) == FAULTS[base][name]["seen_by"], found


def test_each_judge_has_found_a_fault_of_its_own() -> None:
    seen = [FAULTS[base][name]["seen_by"] for base, name in CASES]
    alone = {judges[0] for judges in seen if len(judges) == 1}
    assert alone == {"actionlint", "languageservice", "pins", "shellcheck", "zizmor"}
    assert {judge for judges in seen for judge in judges} == alone | {"schema"}


def test_a_finding_names_its_line(said: list[Finding]) -> None:
    lines = faulty("sound.yml", "variable without quotes").splitlines()
    at = {each.judge: each.line for each in of(said, "sound.yml/variable without quotes")}
    assert "[ $VERDICT = refused ]" in lines[at["shellcheck"] - 1]
    lines = faulty("sound.yml", "tag instead of a commit").splitlines()
    at = {each.judge: each.line for each in of(said, "sound.yml/tag instead of a commit")}
    assert {lines[line - 1].strip() for line in at.values()} == {"uses: actions/checkout@v7.0.1 # v7.0.1"}


def test_what_is_known_is_still_said(said: list[Finding]) -> None:
    """An exception that no judge needs any more is one too many."""
    of_sound = {(each.judge, each.message) for each in said if each.file.startswith("sound/")}
    assert of_sound == set(KNOWN)


def test_nothing_to_judge_is_no_praise() -> None:
    with pytest.raises(AssertionError, match="nothing to judge"):
        judge({})
    with pytest.raises(AssertionError, match="under that name"):
        judge({"workflow.yml": sound("sound.yml")})


def test_goldens_have_no_finding() -> None:
    files = read(GOLDEN)
    assert {"workflows", "dependabot.yml"} <= {part for name in files for part in Path(name).parts}
    assert judge(files) == []


def test_the_action_of_the_project_has_no_finding() -> None:
    assert judge({"action.yml": (ROOT / "action.yml").read_text("utf-8")}) == []
