"""What the user has in .github stays the user's: foreign files are kept, and told where that matters."""

from pathlib import Path

import pytest

from tests.journeys.begin import files, mlopsc
from tests.journeys.terminal import repository
from tests.unit.targets.workflows import spec

WORKFLOWS = ".github/workflows"
MINE = "on: push\njobs: {}\n"


def shop(top: Path, mine: str, text: str) -> Path:
    """Return a repository of one model, with a file of the user in .github."""
    root = repository(top, {"mlops.yaml": spec()})
    path = root / ".github" / mine
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return root


def test_a_workflow_beside_ours_is_never_touched(tmp_path: Path) -> None:
    top = shop(tmp_path, "workflows/pages.yml", MINE)
    assert mlopsc(top, "compile").code == 0
    mine = f"{WORKFLOWS}/pages.yml"
    assert files(top)[mine] == MINE.encode() and f"{WORKFLOWS}/churn-ci.yml" in files(top)
    (top / "mlops.yaml").write_text(spec(ci=None))
    assert mlopsc(top, "compile").code == 0
    left = {name: data for name, data in files(top).items() if name.startswith(".github")}
    assert left == {mine: MINE.encode()}
    assert mlopsc(top, "check").code == 0


def test_a_workflow_in_the_place_of_ours_is_kept_and_named(tmp_path: Path) -> None:
    top = shop(tmp_path, "workflows/churn-ci.yml", MINE)
    done = mlopsc(top, "compile")
    assert done.code == 1
    assert f"{WORKFLOWS}/churn-ci.yml" in done.out + done.err
    assert (top / WORKFLOWS / "churn-ci.yml").read_text() == MINE
    assert (top / WORKFLOWS / "churn-train.yml").exists()
    assert mlopsc(top, "check").code == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("CODEOWNERS", "* @acme/everybody\n"),
        ("dependabot.yml", "version: 2\nupdates: []\n"),
        ("pull_request_template.md", "What and why?\n"),
    ],
)
def test_what_a_repository_has_once_is_the_users_if_it_is_there(tmp_path: Path, name: str, text: str) -> None:
    top = shop(tmp_path, name, text)
    done = mlopsc(top, "compile")
    assert done.code == 0, done.out + done.err
    assert (top / ".github" / name).read_text() == text
    assert mlopsc(top, "check").code == 0
    # Only who owns the model is worth a line.
    assert ("* @acme/ml" in done.out + done.err) == (name == "CODEOWNERS")
