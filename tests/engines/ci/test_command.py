"""The commands of the spec: run by a shell with this interpreter in front, and told by their exit code."""

import sys
from pathlib import Path

import pytest

from tests.engines.loop.project import Project


def run(project: Project, name: str, **commands: str) -> int:
    project.configure(commands={key.replace("_", "-"): text for key, text in commands.items()})
    code: int = project.ops["command"].main([name])
    return code


def test_a_command_is_run_by_a_shell_with_this_interpreter(bare: Project) -> None:
    text = "command -v python > seen.txt && test -f params.yaml"
    assert run(bare, "ci-test", ci_test=text) == 0
    assert bare.report("ci-test")["verdict"] == "done"
    assert Path("seen.txt").read_text().strip() == str(Path(sys.executable).parent / "python")


def test_a_command_that_fails_is_an_error_with_its_exit_code(bare: Project) -> None:
    assert run(bare, "ci-lint", ci_lint="exit 7") == 2
    report = bare.report("ci-lint")
    assert (report["verdict"], report["step"]) == ("error", "ci-lint")
    assert report["reasons"] == ["ChildProcessError: `exit 7` failed with exit code 7"]


def test_a_command_that_the_spec_does_not_have(bare: Project) -> None:
    assert run(bare, "integration-test", ci_lint="true", ci_test="true") == 2
    said = "ValueError: the spec has no command integration-test, but ci-lint, ci-test"
    assert bare.report("integration-test")["reasons"] == [said]


@pytest.mark.parametrize("names", [[], ["../x"], ["A"], ["ci-lint x"], ["ci-lint", "ci-test"]])
def test_a_name_leads_to_no_report_elsewhere(bare: Project, names: list[str]) -> None:
    bare.configure(commands={"../x": "true"})
    assert bare.ops["command"].main(names) == 2
    assert not list(bare.root.rglob("x.json"))
    assert not Path("reports").exists()
