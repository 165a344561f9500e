"""Setting up environments."""

import json
from typing import Any

import pytest

from tests.engines.github_api.conftest import Desk
from tests.engines.github_api.standin import Hub

CUSTOM = {"protected_branches": False, "custom_branch_policies": True}
PEOPLE = {"ann": 11, "bob": 12, "acme/ml": 21}
ADMIN = {"administration:write", "actions:read", "members:read", "secrets:read", "variables:read"}
MAIN = {"name": "main", "type": "branch"}


@pytest.fixture(autouse=True)
def _repository(desk: Desk, hub: Hub) -> None:
    hub.permissions, hub.people = set(ADMIN), dict(PEOPLE)
    spec(desk)


def spec(desk: Desk, *owners: str, **ci: Any) -> None:
    """Write the configuration."""
    people = {"owners": list(owners or ("@acme/ml", "@ann"))}
    names = {kind: ci.pop(kind, []) for kind in ("secrets", "variables")} | {
        "environments": ci.pop("guarded", {})
    }
    desk.configure(ci={"environments": ["staging", "production"], "approval": ["production"]} | people | ci)
    (desk.root / "config" / "github.json").write_text(json.dumps(names))


def done(desk: Desk, *arguments: str, verdict: str = "done") -> list[str]:
    """Call the program; return its reasons."""
    report = desk.run("github_setup", list(arguments))
    assert report["verdict"] == verdict, report
    return list(report["reasons"])


def environment(**there: Any) -> dict[str, Any]:
    """Return an environment as GitHub tells it."""
    rules = [{"type": "wait_timer", "wait_timer": there["wait"]}] if "wait" in there else []
    if people := [{"type": kind, "reviewer": {"id": number}} for kind, number in there.get("people", [])]:
        rules.append(
            {
                "type": "required_reviewers",
                "reviewers": people,
                "prevent_self_review": there.get("prevent", False),
            }
        )
    return {"protection_rules": rules, "deployment_branch_policy": there.get("policy")}


def test_environments_are_created_with_reviewers_and_for_the_default_branch(desk: Desk, hub: Hub) -> None:
    lines = done(desk)
    bodies = {path.rpartition("/")[2]: body for path, body in hub.calls("PUT")}
    every = {"wait_timer": 0, "deployment_branch_policy": CUSTOM}
    people = [{"type": "Team", "id": 21}, {"type": "User", "id": 11}]
    assert bodies == {
        "staging": {**every, "reviewers": [], "prevent_self_review": False},
        "production": {**every, "reviewers": people, "prevent_self_review": True},
    }
    assert hub.policies == {"staging": [MAIN], "production": [MAIN]}
    assert "production: was set up, 2 may approve" in lines
    assert desk.run("protection")["reasons"][-1].startswith("this is not the default branch")


def test_a_second_run_changes_nothing(desk: Desk, hub: Hub) -> None:
    done(desk)
    writes = len(hub.writes())
    assert done(desk) == ["staging: is set up", "production: is set up, 2 may approve"]
    assert len(hub.writes()) == writes


def test_a_dry_run_changes_nothing(desk: Desk, hub: Hub) -> None:
    hub.environments["staging"] = environment(policy=CUSTOM)
    hub.policies["staging"] = [MAIN]
    lines = done(desk, "--dry-run")
    assert lines == [
        "staging: is set up",
        "production: would be set up, 2 may approve",
        "production: main would be let in",
    ]
    assert hub.writes() == []


def test_what_is_stricter_stays(desk: Desk, hub: Hub) -> None:
    protected = {"protected_branches": True, "custom_branch_policies": False}
    hub.environments = {
        "staging": environment(people=[("User", 99)], prevent=True, wait=30),
        "production": environment(people=[("User", 99), ("User", 11)], wait=60, policy=protected),
    }
    lines = done(desk)
    staging, production = (body for _, body in hub.calls("PUT"))
    assert staging == {
        "wait_timer": 30,
        "reviewers": [{"type": "User", "id": 99}],
        "prevent_self_review": True,
        "deployment_branch_policy": CUSTOM,
    }
    assert [each["id"] for each in production["reviewers"]] == [99, 11, 21]
    assert (production["wait_timer"], production["deployment_branch_policy"]) == (60, protected)
    assert "production: only protected branches deploy; that stays, so protect the default branch" in lines
    assert "production" not in hub.policies


def test_other_branches_that_are_let_in_are_named(desk: Desk, hub: Hub) -> None:
    hub.environments["production"] = environment(policy=CUSTOM)
    hub.policies["production"] = [{"name": "release/*", "type": "branch"}, {"name": "main", "type": "tag"}]
    lines = done(desk)
    assert MAIN in hub.policies["production"]
    assert any("production: also lets in release/*" in line for line in lines)


def test_six_reviewers_are_the_most(desk: Desk, hub: Hub) -> None:
    hub.people |= {f"p{n}": n for n in range(1, 9)}
    spec(desk, *(f"@p{n}" for n in range(1, 9)))
    lines = done(desk)
    assert len(hub.calls("PUT")[1][1]["reviewers"]) == 6
    assert "production: GitHub takes six reviewers; 2 of the owners are left out" in lines


def test_who_cannot_approve_is_named(desk: Desk, hub: Hub) -> None:
    spec(desk, "ann@example.com", "@nobody", "@bob", "@acme/none", "@bob")
    lines = done(desk)
    assert hub.calls("PUT")[1][1]["reviewers"] == [{"type": "User", "id": 12}]
    assert [line.split(":")[0] for line in lines if "cannot approve" in line] == [
        "ann@example.com cannot approve",
        "@nobody cannot approve",
        "@acme/none cannot approve",
    ]
    assert any("name a second owner" in line for line in lines)


def test_where_nobody_could_approve_nothing_is_set_up(desk: Desk, hub: Hub) -> None:
    spec(desk, "ann@example.com")
    lines = done(desk, verdict="refused")
    assert "`ci: {owners: ['@acme/ml']}`" in lines[-1]
    assert hub.writes() == []
    hub.environments["production"] = environment(people=[("User", 99)])
    done(desk)


def test_reviewers_that_github_does_not_keep_are_an_error(desk: Desk, hub: Hub) -> None:
    spec(desk, environments=["production"])
    told = [{"id": 21}, {"id": 11}, environment(), {"default_branch": "main"}, {"protection_rules": []}]
    hub.trouble = [(200, {}, each) for each in told]
    assert "kept no reviewers" in done(desk, verdict="error")[0]


@pytest.mark.parametrize("lacks", ["administration:write", "actions:read", "members:read"])
def test_a_permission_that_lacks_is_an_error_that_names_it(desk: Desk, hub: Hub, lacks: str) -> None:
    hub.permissions.remove(lacks)
    assert lacks.replace(":", ": ") in done(desk, verdict="error")[0]


def test_secrets_and_variables_are_listed_by_name(desk: Desk, hub: Hub) -> None:
    hub.secrets, hub.variables = [f"S{n}" for n in range(40)] + ["SLACK_WEBHOOK_URL"], ["REGION"]
    spec(desk, secrets=["SLACK_WEBHOOK_URL", "DATABASE_URL"], variables=["region", "MLFLOW_TRACKING_URI"])
    lines = done(desk)
    assert lines[-4:] == [
        "the secret SLACK_WEBHOOK_URL is set",
        "the secret DATABASE_URL: gh secret set DATABASE_URL --repo acme/models",
        "the variable region is set",
        "the variable MLFLOW_TRACKING_URI: gh variable set MLFLOW_TRACKING_URI --repo acme/models",
    ]
    assert "a value" not in desk.printed


def test_a_secret_of_an_environment_is_set_there_and_not_for_every_branch(desk: Desk, hub: Hub) -> None:
    hub.permissions.add("environments:read")
    hub.secrets, hub.guarded = ["KUBECONFIG_DATA"], {"staging": ["KUBECONFIG_DATA"]}
    spec(desk, guarded={name: ["KUBECONFIG_DATA"] for name in ("staging", "production")})
    assert done(desk)[-2:] == [
        "the secret KUBECONFIG_DATA of staging is set",
        "the secret KUBECONFIG_DATA of production: "
        "gh secret set KUBECONFIG_DATA --env production --repo acme/models",
    ]


def test_what_may_not_be_listed_is_said(desk: Desk, hub: Hub) -> None:
    hub.permissions.remove("secrets:read")
    spec(desk, secrets=["SLACK_WEBHOOK_URL"])
    lines = done(desk)
    assert lines[-2].startswith("whether the secrets are set is not known: GitHub answers 403")
    assert lines[-1].endswith("gh secret set SLACK_WEBHOOK_URL --repo acme/models")


def test_a_branch_that_somebody_let_in_meanwhile_is_fine(desk: Desk, hub: Hub) -> None:
    spec(desk, environments=["staging"], approval=[])
    empty = (200, {}, {"total_count": 0, "branch_policies": []})
    hub.environments["staging"], hub.policies["staging"] = environment(policy=CUSTOM), [MAIN]
    hub.trouble = [(200, {}, environment(policy=CUSTOM)), (200, {}, {"default_branch": "main"}), empty]
    assert done(desk)[-1] == "staging: main was let in"
    assert hub.calls("POST")[0][1] == MAIN
