"""Refusing to deploy where nobody could say no."""

import pytest

from tests.engines.github_api.conftest import Desk
from tests.engines.github_api.standin import Hub

REVIEWED = {
    "protection_rules": [
        {"type": "wait_timer", "wait_timer": 5},
        {"type": "required_reviewers", "reviewers": [{"type": "User", "reviewer": {"id": 1}}]},
    ]
}
SETUP = "run `make github-setup` once, as an administrator"


@pytest.fixture(autouse=True)
def _repository(desk: Desk, hub: Hub) -> None:
    desk.configure(ci={"approval": ["production"], "environments": ["staging", "production"]})
    desk.patch.setenv("GITHUB_REF_NAME", "main")
    desk.patch.setenv("GITHUB_REF", "refs/heads/main")
    hub.permissions = {"actions:read"}
    hub.environments = {"production": REVIEWED}


def told(desk: Desk, verdict: str) -> list[str]:
    """Call the program; return its reasons."""
    report = desk.run("protection")
    assert report["verdict"] == verdict
    return list(report["reasons"])


def test_what_waits_for_a_reviewer_is_protected(desk: Desk, hub: Hub) -> None:
    assert told(desk, "done") == ["production waits for a reviewer"]
    assert hub.writes() == []


def test_without_approval_the_branch_is_looked_at(desk: Desk, hub: Hub) -> None:
    desk.configure(ci={"approval": []})
    assert told(desk, "done") == []
    desk.configure()
    assert told(desk, "done") == []
    desk.patch.setenv("GITHUB_REF_NAME", "feature")
    assert told(desk, "refused") == ["feature is not the default branch: start the workflow on main"]


@pytest.mark.parametrize(
    ("name", "ref"),
    [("feature", "refs/heads/feature"), ("main", "refs/tags/main"), ("", ""), ("main", "refs/pull/1/merge")],
)
def test_another_branch_is_refused(desk: Desk, hub: Hub, name: str, ref: str) -> None:
    desk.patch.setenv("GITHUB_REF_NAME", name)
    desk.patch.setenv("GITHUB_REF", ref)
    assert "is not the default branch" in told(desk, "refused")[0]


@pytest.mark.parametrize(
    "environment",
    [
        {"protection_rules": []},
        {},
        {"protection_rules": [{"type": "wait_timer", "wait_timer": 5}, {"type": "branch_policy"}]},
        {"protection_rules": [{"type": "required_reviewers", "reviewers": []}]},
        {"protection_rules": [{"type": "of an app", "reviewers": [{"type": "User", "reviewer": {"id": 1}}]}]},
    ],
)
def test_an_environment_that_asks_nobody_is_refused(
    desk: Desk, hub: Hub, environment: dict[str, object]
) -> None:
    hub.environments["production"] = environment
    assert told(desk, "refused")[0].endswith(SETUP)


def test_every_environment_counts(desk: Desk, hub: Hub) -> None:
    desk.configure(ci={"approval": ["production", "eu/west 1"]})
    assert told(desk, "refused") == [f"there is no environment eu/west 1 yet: {SETUP}"]
    assert hub.came[-1][1] == "/repos/acme/models/environments/eu%2Fwest%201"
    hub.environments["eu/west 1"] = REVIEWED
    assert len(told(desk, "done")) == 2


def test_what_cannot_be_asked_is_never_protected(desk: Desk, hub: Hub) -> None:
    hub.permissions = set()
    assert "needs the permission actions: read" in told(desk, "error")[0]
    hub.trouble = [(503, {}, None)] * 5
    assert "503" in told(desk, "error")[0]
    desk.patch.setenv("GITHUB_TOKEN", "wrong")
    assert "the token is wrong" in told(desk, "error")[0]
