"""The composite action, run as GitHub does: each file named with its cause at its place."""

import json
import re
from pathlib import Path

import pytest

from tests.conftest_engines import engine
from tests.engines.compile_and_diff.composite import Composite
from tests.engines.compile_and_diff.world import CAUSES, CHURN, CODES, VALUE, compiled, spoiled
from tests.journeys.commits import committed, git

HERE = {"version": "installed"}


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    engine("git")
    return compiled(tmp_path_factory.mktemp("clean") / "shop")


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Path:
    engine("git")
    return spoiled(compiled(tmp_path_factory.mktemp("wrong") / "shop"))


def test_each_file_is_annotated_at_its_place_with_its_cause(wrong: Path, tmp_path: Path) -> None:
    ran = Composite(wrong, tmp_path / "run", HERE).run()
    assert (ran.code, ran.exit_code) == (1, "1"), ran.printed
    errors = ran.annotations("error")
    assert {each["file"]: each["message"].split("\n")[0] for each in errors} == {
        path: f"{path}: {cause}" for path, cause in CAUSES.items()
    }
    assert {each["file"]: each["title"].split()[0] for each in errors} == {
        path: CODES[cause] for path, cause in CAUSES.items()
    }
    assert all(each["line"] == "1" and each["message"].split("\n")[1] for each in errors)


def test_the_summary_holds_causes_and_diff(wrong: Path, tmp_path: Path) -> None:
    summary = Composite(wrong, tmp_path / "run", HERE).run().summary
    assert summary.startswith(f"## mlopsc check: {len(CAUSES)} files differ\n")
    rows = re.findall(r"^\| `(.*?)` \| (.*?) \| (.+) \|$", summary, re.MULTILINE)
    assert {path: cause for path, cause, _ in rows} == CAUSES
    diff = summary.split("````diff\n")[1].split("\n````\n")[0]
    assert "\n-# mine: a ``` fence, a | and <b>" in diff
    assert set(re.findall(r"^(?:---|\+\+\+) [ab]/(\S+)", diff, re.MULTILINE)) == set(CAUSES)
    assert f"--- a/{CHURN}/ops/cron.py\n+++ /dev/null\n" in diff
    assert f"--- /dev/null\n+++ b/{CHURN}/ops/watch.py\n" in diff


def test_sarif_on_request(wrong: Path, tmp_path: Path) -> None:
    path = tmp_path / "reports/mlopsc.sarif"
    ran = Composite(wrong, tmp_path / "run", {**HERE, "sarif": str(path)}).run()
    assert (ran.code, len(ran.annotations("error"))) == (1, len(CAUSES))
    results = json.loads(path.read_text())["runs"][0]["results"]
    places = [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results]
    assert {uri: result["ruleId"] for uri, result in zip(places, results, strict=True)} == {
        file: CODES[cause] for file, cause in CAUSES.items()
    }


def test_a_repository_as_its_specs_say(clean: Path, tmp_path: Path) -> None:
    ran = Composite(clean, tmp_path / "run", HERE).run()
    assert (ran.code, ran.exit_code, ran.annotations("error")) == (0, "0", [])
    assert ran.summary == "## mlopsc check: up to date\n\n"


def test_the_compiler_is_the_one_of_the_lock(clean: Path, tmp_path: Path) -> None:
    from mlopsc import __version__

    ran = Composite(clean, tmp_path / "run").run()
    assert (ran.code, set(ran.installed)) == (0, {f"mlopsc=={__version__}"})
    one = Composite(clean, tmp_path / "one", {"spec": f"\n{CHURN}/mlops.yaml\n{VALUE}\n"}).run()
    assert (one.code, set(one.installed)) == (0, {f"mlopsc=={__version__}"})
    given = Composite(clean, tmp_path / "given", {"version": "7.1"}).run()
    assert set(given.installed) == {"mlopsc==7.1"}


def relocked(folder: Path, version: str) -> Path:
    top = compiled(folder)
    lock = top / CHURN / ".mlopsc.lock"
    lock.write_text(re.sub("^# compiler .*$", f"# compiler {version}", lock.read_text(), flags=re.MULTILINE))
    return top


def test_of_several_locks_the_newest_compiler_answers(tmp_path: Path) -> None:
    ran = Composite(relocked(tmp_path / "shop", "0.10.0"), tmp_path / "run").run()
    assert set(ran.installed) == {"mlopsc==0.10.0"}


@pytest.mark.parametrize(
    "version", ["1.0 @ https://example.com/x.whl", "1;id", "installed", "$(id)", "--pre"]
)
def test_a_lock_cannot_ask_for_anything_but_a_version(tmp_path: Path, version: str) -> None:
    top = relocked(tmp_path / "shop", version)
    ran = Composite(top, tmp_path / "run", {"spec": CHURN}).run()
    assert (ran.code, ran.installed) == (2, [])
    assert [each["message"] for each in ran.annotations("error")] == [
        "no .mlopsc.lock of the specs names a compiler version: give one"
    ]


@pytest.mark.parametrize(
    "inputs",
    [
        {"spec": "nowhere"},
        {"spec": "nowhere", "version": "installed"},
        {"version": "0.0.404"},  # the stand-in's installation fails with 1
        {"version": "installed", "changed-since": "nowhere"},
    ],
    ids=" ".join,
)
def test_no_answer_is_2(clean: Path, tmp_path: Path, inputs: dict[str, str]) -> None:
    ran = Composite(clean, tmp_path / "run", inputs).run()
    assert (ran.code, ran.exit_code) == (2, "2")


def test_a_rejected_spec_is_no_answer_and_stands_in_the_summary(tmp_path: Path) -> None:
    top = compiled(tmp_path / "shop")
    with (top / CHURN / "mlops.yaml").open("a") as file:
        file.write("drift: {shedule: daily}\n")
    ran = Composite(top, tmp_path / "run", HERE).run()
    assert (ran.code, ran.exit_code) == (2, "2")
    assert next(each["file"] for each in ran.annotations("error")) == f"{CHURN}/mlops.yaml"
    assert f"- **M201** `{CHURN}/mlops.yaml:" in ran.summary
    assert "leave no answer" in ran.summary.split("\n")[0]


def test_since_a_commit_only_what_it_touches_is_looked_at(tmp_path: Path) -> None:
    top = compiled(tmp_path / "shop")
    spoiled(top)
    git(top, "checkout", "--quiet", "--", CHURN)
    git(top, "switch", "--quiet", "--create", "more")
    committed(top)
    ran = Composite(top, tmp_path / "run", {**HERE, "changed-since": "main"}).run()
    assert ran.code == 1
    assert [each["file"] for each in ran.annotations("error")] == [f"{VALUE}/ops/watch.py"]
    assert "since main: 1 spec touched, 2 left alone" in ran.printed
    assert "since main: 1 spec touched, 2 left alone" in ran.summary
    none = Composite(top, tmp_path / "none", {**HERE, "changed-since": "more"}).run()
    assert (none.code, none.annotations("error")) == (0, [])
    assert "since more: no specs touched, 3 left alone" in none.printed


def test_hostile_inputs_are_words_and_no_commands(clean: Path, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    for name in ("spec", "changed-since", "version"):
        text = f"$(touch {mark}); touch {mark} #"
        assert Composite(clean, tmp_path / name, {**HERE, name: text}).run().code == 2
    assert Composite(clean, tmp_path / "option", {**HERE, "spec": "--help"}).run().code == 2
    assert not mark.exists()
