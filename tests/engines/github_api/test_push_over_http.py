"""The token on its way to the server: it arrives, and nobody else sees it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines.github_api.conftest import Desk
from tests.engines.github_api.origin import Origin, git, origin
from tests.engines.github_api.smart import BASIC, Smart, smart_server
from tests.engines.github_api.standin import TOKEN, Hub


@pytest.fixture
def place(desk: Desk, hub: Hub, tmp_path: Path) -> Origin:
    """Return a repository whose spec wants a push."""
    made = origin(tmp_path, "")
    desk.root = made.model
    desk.patch.chdir(made.model)
    desk.patch.setenv("GITHUB_ACTIONS", "true")
    desk.patch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    desk.configure(ci={"commit_lock": "push"})
    made.train()
    return made


@pytest.fixture
def smart(desk: Desk, place: Origin, tmp_path: Path) -> Iterator[Smart]:
    """Return the server that the checkout's remote names."""
    with smart_server(tmp_path) as smart:
        git(place.checkout, "remote", "set-url", "origin", f"{smart.url}/origin.git")
        desk.patch.setenv("GITHUB_SERVER_URL", smart.url)
        yield smart


def stored(place: Origin) -> list[str]:
    """Return the files of the checkout that hold the token in some form."""
    files = [path for path in place.checkout.rglob("*") if path.is_file()]
    return [str(path) for path in files if any(each.encode() in path.read_bytes() for each in (TOKEN, BASIC))]


def test_the_token_arrives_and_leaves_no_trace(desk: Desk, place: Origin, smart: Smart) -> None:
    report = desk.run("commit_lock")
    assert report["verdict"] == "done", report
    assert place.log("trunk", "%s")[0] == "churn: data and model of 2027-01-15"
    assert smart.shown
    assert all(shown == [f"basic {BASIC}"] for shown in smart.shown)
    assert any("push" in line for line in smart.arguments)
    assert not [line for line in smart.arguments if TOKEN in line or BASIC in line]
    assert stored(place) == []


def test_a_header_that_the_checkout_left_is_not_sent_too(desk: Desk, place: Origin, smart: Smart) -> None:
    git(place.checkout, "config", f"http.{smart.url}/.extraheader", "AUTHORIZATION: basic b2xk")
    assert desk.run("commit_lock")["verdict"] == "done"
    assert all(len(shown) == 1 for shown in smart.shown)


def test_the_settings_of_the_caller_stay(desk: Desk, place: Origin, smart: Smart) -> None:
    for name, value in {"COUNT": "1", "KEY_0": "user.email", "VALUE_0": "kept@example.com"}.items():
        desk.patch.setenv(f"GIT_CONFIG_{name}", value)
    found = (
        desk.ops["checkout"].Checkout().git("config", "user.email", extra=desk.ops["checkout"].credentials())
    )
    assert found.strip() == "kept@example.com"
    assert desk.run("commit_lock")["verdict"] == "done"


def test_another_server_gets_no_token(desk: Desk, place: Origin, smart: Smart) -> None:
    desk.patch.setenv("GITHUB_SERVER_URL", "https://github.com")
    report = desk.run("commit_lock")
    assert report["verdict"] == "error"
    assert all(shown == [] for shown in smart.shown)


def test_a_token_that_may_not_push_is_said(desk: Desk, place: Origin, smart: Smart) -> None:
    smart.closed = True
    report = desk.run("commit_lock")
    assert report["verdict"] == "error"
    assert "needs the permission contents: write" in report["reasons"][0]
    assert desk.slept == []
    assert BASIC not in desk.printed + report["reasons"][0]


def test_a_server_over_plain_http_is_refused(desk: Desk, place: Origin, smart: Smart) -> None:
    desk.patch.setenv("GITHUB_SERVER_URL", "http://github.example.com")
    assert "must be https" in desk.run("commit_lock")["reasons"][0]
    assert smart.shown == []


def test_what_git_complains_of_shows_no_token(desk: Desk, place: Origin) -> None:
    hook = place.bare / "hooks" / "pre-receive"
    hook.write_text(f"#!/bin/sh\necho no {TOKEN} {BASIC} >&2\nexit 1\n")
    hook.chmod(0o755)
    report = desk.run("commit_lock")
    assert "no *** ***" in report["reasons"][0]
    assert BASIC not in desk.printed
