"""Bringing dvc.lock back: a real remote on disk, and the stand-in for pull requests."""

from pathlib import Path

import pytest

from tests.engines.github_api.conftest import Desk
from tests.engines.github_api.origin import Origin, git, origin, put
from tests.engines.github_api.standin import Hub

LOCK = "mlopsc/churn-lock"
BOT = "github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>"


@pytest.fixture(params=["", "models/churn"])
def place(request: pytest.FixtureRequest, desk: Desk, hub: Hub, tmp_path: Path) -> Origin:
    """Return a repository whose model lies at the root, or in a folder."""
    made = origin(tmp_path, request.param)
    desk.root = made.model
    desk.patch.chdir(made.model)
    desk.patch.setenv("GITHUB_ACTIONS", "true")
    desk.patch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    hub.permissions = {"pull_requests:write"}
    configure(desk, "pull_request")
    return made


def configure(desk: Desk, how: str | None) -> None:
    """Write the configuration, which git does not know."""
    ci = {"ci": {"commit_lock": how}} if how else {}
    desk.configure(pipeline={"metrics": ["metrics.json"], "plots": ["plots"]}, **ci)


def lock(desk: Desk, verdict: str = "done") -> list[str]:
    """Call the program; return its reasons."""
    report = desk.run("commit_lock")
    assert report["verdict"] == verdict, report
    return list(report["reasons"])


def paths(place: Origin, names: list[str]) -> list[str]:
    """Return paths in the repository."""
    return [str(Path(place.folder, name)) for name in names]


def test_a_pull_request_holds_what_a_training_changed_and_nothing_else(
    desk: Desk, hub: Hub, place: Origin
) -> None:
    before = (
        git(place.checkout, "status", "--porcelain"),
        git(place.checkout, "rev-parse", "HEAD", "--abbrev-ref", "HEAD"),
    )
    wanted = place.train()
    desk.report("retrain", "trained", version=7, accuracy=0.9)
    head = place.meanwhile()
    assert lock(desk)[-1] == "https://github.com/acme/models/pull/1"
    assert place.files(LOCK) == paths(place, wanted)
    assert place.log(LOCK, "%P")[0] == head
    assert place.log(LOCK, "%an <%ae>|%cn <%ce>|%s")[0] == f"{BOT}|{BOT}|churn: data and model of version 7"
    assert place.log("trunk", "%H")[0] == head
    assert git(place.checkout, "rev-parse", "HEAD", "--abbrev-ref", "HEAD") == before[1]
    assert git(place.checkout, "diff", "--cached", "--name-only") == ""


def test_its_text_says_what_was_found_and_mentions_nobody(desk: Desk, hub: Hub, place: Origin) -> None:
    place.train()
    desk.report("retrain", "trained", version=7, accuracy=0.9)
    lock(desk)
    ((_, body),) = hub.calls("POST")
    assert (body["head"], body["base"], body["title"]) == (
        LOCK,
        "trunk",
        "churn: data and model of version 7",
    )
    said = [line for line in body["body"].splitlines() if line.startswith("    ")]
    assert said[-4:] == ["    verdict: trained", "    version: 7", "    accuracy: 0.9", "    @ann said so"]
    assert "@" not in body["body"].replace("    @ann", "")


def test_without_a_report_the_title_has_the_day(desk: Desk, hub: Hub, place: Origin) -> None:
    place.train()
    lock(desk)
    assert hub.calls("POST")[0][1]["title"] == "churn: data and model of 2027-01-15"


def test_the_open_pull_request_is_brought_up_to_date(desk: Desk, hub: Hub, place: Origin) -> None:
    place.train()
    lock(desk)
    first = place.log(LOCK, "%H")[0]
    desk.patch.setenv("GIT_COMMITTER_DATE", "2030-01-01T00:00:00Z")
    lock(desk)
    assert place.log(LOCK, "%H")[0] == first, "the same again needs no push"
    put(place.model / "dvc.lock", "newer")
    head = place.meanwhile()
    desk.report("retrain", "trained", version=8)
    lock(desk)
    assert place.log(LOCK, "%P")[0] == head
    assert place.show(f"{LOCK}:{Path(place.folder, 'dvc.lock')}") == "newer"
    assert [each["title"] for each in hub.pulls] == ["churn: data and model of version 8"]
    hub.pulls[0]["state"] = "closed"
    lock(desk)
    assert len(hub.pulls) == 2


def test_a_lost_answer_opens_no_second_one(desk: Desk, hub: Hub, place: Origin) -> None:
    place.train()
    hub.trouble, hub.late = [(200, {}, []), (502, {}, None)], True
    lock(desk)
    assert (len(hub.pulls), len(hub.calls("POST")), len(hub.calls("PATCH"))) == (1, 2, 1)


def test_a_repository_that_lets_no_workflow_ask_is_said(desk: Desk, hub: Hub, place: Origin) -> None:
    place.train()
    hub.may_open_pulls = False
    assert "Settings > Actions > General" in lock(desk, "error")[0]
    hub.permissions = set()
    assert "needs the permission pull-requests: write" in lock(desk, "error")[0]


def test_a_file_that_the_default_branch_changed_too_is_named(desk: Desk, hub: Hub, place: Origin) -> None:
    place.train()
    place.meanwhile(str(Path(place.folder, "dvc.lock")), "theirs")
    assert any(line.endswith("dvc.lock was changed on trunk too") for line in lock(desk))
    assert "look twice" in hub.pulls[0]["body"]
    configure(desk, "push")
    assert "train again" in lock(desk, "error")[0]
    assert place.show(f"trunk:{Path(place.folder, 'dvc.lock')}") == "theirs"


def test_a_push_goes_onto_the_head_of_the_default_branch(desk: Desk, hub: Hub, place: Origin) -> None:
    configure(desk, "push")
    wanted = place.train()
    head = place.meanwhile()
    assert lock(desk)[-1] == "pushed to trunk"
    assert (place.files("trunk"), place.log("trunk", "%P")[0]) == (paths(place, wanted), head)
    assert hub.came == []
    assert lock(desk, "skipped") == ["trunk has these files already"]


def test_a_push_that_comes_second_is_made_again(desk: Desk, hub: Hub, place: Origin) -> None:
    configure(desk, "push")
    place.train()
    real, heads = desk.ops["checkout"].Checkout.push, [place.meanwhile]

    def push(self: object, *arguments: object) -> None:
        if heads:
            heads.pop()("README.md", "at the last moment")
        real(self, *arguments)

    desk.patch.setattr(desk.ops["checkout"].Checkout, "push", push)
    lock(desk)
    assert desk.slept == [2]
    assert place.log("trunk", "%s")[:2] == ["churn: data and model of 2027-01-15", "meanwhile"]


def test_attempts_to_push_end(desk: Desk, hub: Hub, place: Origin) -> None:
    configure(desk, "push")
    place.train()
    put(place.bare / "refs" / "heads" / "trunk.lock", "")
    assert "git push" in lock(desk, "error")[0]
    assert desk.slept == [2, 4, 8]


def test_a_protected_branch_is_said_at_once(desk: Desk, hub: Hub, place: Origin) -> None:
    configure(desk, "push")
    place.train()
    hook = place.bare / "hooks" / "pre-receive"
    put(hook, "#!/bin/sh\necho protected branch >&2\nexit 1\n")
    hook.chmod(0o755)
    assert "commit_lock: pull_request" in lock(desk, "error")[0]
    assert desk.slept == []


@pytest.mark.parametrize("how", ["none", None])
def test_nothing_is_committed_where_the_spec_says_so(
    desk: Desk, hub: Hub, place: Origin, how: str | None
) -> None:
    configure(desk, how)
    place.train()
    desk.patch.setenv("COMMIT_LOCK", "push")
    assert "none" in lock(desk, "skipped")[0]
    assert (hub.came, place.log("trunk", "%s")) == ([], ["second", "start"])


@pytest.mark.parametrize("how", ["pull_request", "push"])
def test_without_a_change_nothing_is_done(desk: Desk, hub: Hub, place: Origin, how: str) -> None:
    configure(desk, how)
    put(place.model / "src" / "train.py", "new")
    put(place.checkout / "elsewhere" / "dvc.lock", "new")
    (place.model / "metrics.json").unlink()
    (place.model / "link.dvc").symlink_to("/etc/hostname")
    lock(desk, "skipped")
    assert (hub.came, place.log("trunk", "%s")) == ([], ["second", "start"])


def test_another_branch_does_not_change_the_default_one(desk: Desk, hub: Hub, place: Origin) -> None:
    git(place.checkout, "checkout", "-q", "-b", "feature")
    git(place.checkout, "commit", "-q", "--allow-empty", "-m", "mine")
    place.train()
    assert "not part of trunk" in lock(desk, "skipped")[0]


def test_on_a_laptop_the_author_is_the_user(desk: Desk, hub: Hub, place: Origin) -> None:
    desk.patch.delenv("GITHUB_ACTIONS")
    git(place.checkout, "config", "user.name", "Bob")
    git(place.checkout, "config", "user.email", "bob@example.com")
    place.train()
    lock(desk)
    assert place.log(LOCK, "%an <%ae>")[0] == "Bob <bob@example.com>"
