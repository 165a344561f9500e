"""The client: patience, refusals, the token, and which repository it is."""

import subprocess

import pytest

from tests.engines.github_api.conftest import NOON, Desk
from tests.engines.github_api.standin import TOKEN, Hub


def error(desk: Desk, *call: object) -> str:
    """Return what the call raises."""
    with pytest.raises(desk.ops["github_answers"].GitHubError) as caught:
        desk.client().repo(*(call or ("GET", "")))
    assert TOKEN not in str(caught.value)
    return str(caught.value)


def test_an_answer_comes_back(desk: Desk, hub: Hub) -> None:
    hub.default_branch = "trunk"
    assert desk.client().default_branch() == "trunk"
    assert hub.came == [("GET", "/repos/acme/models", None)]


def test_the_stand_in_finds_fault(desk: Desk, hub: Hub) -> None:
    """The other tests rest on this: what GitHub does not document does not pass."""
    hub.permissions = {"actions:write"}
    hub.workflows = {"a.yml": set()}
    assert "ref is required" in error(desk, "POST", "/actions/workflows/a.yml/dispatches", {"inputs": {}})
    assert "when is not a field" in error(
        desk, "POST", "/actions/workflows/a.yml/dispatches", {"ref": "main", "when": 1}
    )
    assert "404" in error(desk, "POST", "/nowhere", {})
    assert len(hub.faults) == 3
    hub.faults.clear()


@pytest.mark.parametrize("code", [0, 500, 502, 503])
def test_what_passes_is_tried_again_with_growing_waits(desk: Desk, hub: Hub, code: int) -> None:
    hub.trouble = [(code, {}, None)] * 3
    assert desk.client().default_branch() == "main"
    assert (len(hub.came), desk.slept) == (4, [2, 4, 8])


def test_attempts_end(desk: Desk, hub: Hub) -> None:
    hub.trouble = [(503, {}, {"message": "busy"})] * 9
    assert error(desk) == "GitHub answers 503 to GET /repos/acme/models: busy"
    assert (len(hub.came), desk.slept) == (5, [2, 4, 8, 16])


@pytest.mark.parametrize(
    ("code", "headers", "message", "waits"),
    [
        (429, {"Retry-After": "7"}, "slow down", [7]),
        (403, {"Retry-After": "7"}, "slow down", [7]),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOON) + 90)}, "exceeded", [90]),
        (403, {}, "You have exceeded a secondary rate limit.", [60]),
        (429, {}, "Too many", [60]),
    ],
)
def test_limits_are_kept_as_documented(
    desk: Desk, hub: Hub, code: int, headers: dict[str, str], message: str, waits: list[float]
) -> None:
    """https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#handle-rate-limit-errors-appropriately"""
    hub.trouble = [(code, headers, {"message": message})]
    assert desk.client().default_branch() == "main"
    assert desk.slept == waits


def test_an_hour_is_too_long_to_wait(desk: Desk, hub: Hub) -> None:
    hub.trouble = [(429, {"Retry-After": "3600"}, {"message": "slow down"})]
    assert "429" in error(desk)
    assert desk.slept == []


@pytest.mark.parametrize("code", [400, 401, 403, 404, 409, 422])
def test_a_refusal_is_final_and_says_what_is_needed(desk: Desk, hub: Hub, code: int) -> None:
    hub.trouble = [
        (
            code,
            {"x-accepted-github-permissions": "actions=write"},
            {"message": f"No,\n{TOKEN}", "errors": ["why", {"code": "bad"}]},
        )
    ]
    told = error(desk)
    assert told.startswith(f"GitHub answers {code} to GET /repos/acme/models: No, ***: why: bad")
    assert ("actions=write" in told) == (code in (403, 404))
    assert (len(hub.came), desk.slept) == (1, [])


def test_no_answer_is_said_plainly(desk: Desk, hub: Hub) -> None:
    desk.patch.setenv("GITHUB_API_URL", "http://127.0.0.1:9")
    assert error(desk) == "GET /repos/acme/models: no answer from http://127.0.0.1:9: Connection refused"
    assert len(desk.slept) == 4


def test_what_is_no_json_is_an_error(desk: Desk, hub: Hub) -> None:
    hub.trouble = [(200, {}, b"<html>sign in</html>")]
    assert "is not JSON" in error(desk)


def test_a_renamed_repository_is_found_but_not_written_to(desk: Desk, hub: Hub) -> None:
    """https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects"""
    moved = (301, {"Location": "URL/repos/acme/models"}, {"message": "Moved Permanently"})
    hub.trouble = [moved]
    assert desk.client().default_branch() == "main"
    hub.trouble = [moved]
    assert "GITHUB_REPOSITORY" in error(desk, "POST", "/pulls", {"head": "a", "base": "b"})


def test_the_token_goes_to_no_other_host(desk: Desk, hub: Hub) -> None:
    other = hub.url.replace("127.0.0.1", "localhost")
    hub.trouble = [(302, {"Location": f"{other}/repos/acme/models"}, None)]
    assert "302" in error(desk)
    assert len(hub.came) == 1


@pytest.mark.parametrize(
    "address",
    [
        "http://api.github.com",
        "ftp://api.github.com",
        "https://",
        "https://me:pw-hidden@api.github.com",
        "http://127.0.0.1.evil.example",
        "file:///etc",
    ],
)
def test_only_https_or_this_machine(desk: Desk, hub: Hub, address: str) -> None:
    desk.patch.setenv("GITHUB_API_URL", address)
    with pytest.raises(ValueError, match="must be https") as caught:
        desk.client()
    assert "hidden" not in str(caught.value)


def test_without_a_token_the_way_to_one_is_said(desk: Desk, hub: Hub) -> None:
    desk.patch.delenv("GITHUB_TOKEN")
    with pytest.raises(ValueError, match="gh auth token"):
        desk.client()
    desk.patch.setenv("GH_TOKEN", f"{TOKEN}\n")
    assert desk.client().default_branch() == "main"
    desk.patch.setenv("GH_TOKEN", f"{TOKEN}\nX-Header: 1")
    with pytest.raises(ValueError, match="no token has") as caught:
        desk.client()
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://github.com/acme/models.git", "acme/models"),
        ("https://github.com/acme/models", "acme/models"),
        ("https://x-access-token:hidden@github.com/acme/a.b_c", "acme/a.b_c"),
        ("git@github.com:acme/models.git", "acme/models"),
        ("ssh://git@ssh.github.com:443/acme/models.git", "acme/models"),
        ("https://github.com/acme/../models", ""),
        ("https://github.com/acme/..", ""),
        ("/srv/git/models.git", ""),
        ("", ""),
    ],
)
def test_the_repository_is_that_of_origin(desk: Desk, address: str, name: str) -> None:
    subprocess.run(["git", "init", "-q"], check=True)
    if address:
        subprocess.run(["git", "remote", "add", "origin", address], check=True)
    names = desk.ops["github_names"]
    if name:
        assert names.repository() == name
    else:
        with pytest.raises(ValueError, match="GITHUB_REPOSITORY") as caught:
            names.repository()
        assert "hidden" not in str(caught.value)
    desk.patch.setenv("GITHUB_REPOSITORY", "acme/other")
    assert names.repository() == "acme/other"


def test_lists_are_read_to_their_end(desk: Desk, hub: Hub) -> None:
    hub.permissions, hub.variables = {"variables:read"}, [f"V{n}" for n in range(65)]
    assert [each["name"] for each in desk.client().listed("/actions/variables", "variables")] == hub.variables
    assert len(hub.came) == 3
