"""What GitHub documents of the endpoints that the programs call.

Each names its page of https://docs.github.com/en/rest, from which come its path, the permission of the
token, the fields of its body and its answers.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

# What GitHub holds: see Hub in standin.py.
Hub = Any
Answer = tuple[int, Any]
Fields = dict[str, type | tuple[type, ...]]


@dataclass(frozen=True)
class Endpoint:
    """One documented call: `must` and `may` are the fields of its body by type."""

    method: str
    path: str
    page: str
    needs: str
    answer: Callable[..., Answer]
    must: Fields = field(default_factory=dict)
    may: Fields = field(default_factory=dict)


def _repository(hub: Hub, query: dict[str, str]) -> Answer:
    return 200, {"full_name": "acme/models", "default_branch": hub.default_branch}


def _dispatch(hub: Hub, file: str, body: dict[str, Any]) -> Answer:
    if file not in hub.workflows:
        return 404, {"message": "Not Found"}
    if odd := set(body.get("inputs", {})) - hub.workflows[file]:
        return 422, {"message": f"Unexpected inputs provided: {sorted(odd)}"}
    return 204, None


def _environment(hub: Hub, name: str, query: dict[str, str]) -> Answer:
    return (200, hub.environments[name]) if name in hub.environments else (404, {"message": "Not Found"})


def _put_environment(hub: Hub, name: str, body: dict[str, Any]) -> Answer:
    policy, people = body.get("deployment_branch_policy"), body.get("reviewers") or []
    if policy and policy["protected_branches"] == policy["custom_branch_policies"]:
        return 422, {"message": "protected_branches and custom_branch_policies cannot have the same value"}
    if len(people) > 6 or (body.get("prevent_self_review") and not people):
        return 422, {"message": "Validation Failed"}
    if not all(isinstance(each["id"], int) and each["type"] in ("User", "Team") for each in people):
        return 422, {"message": "Validation Failed"}
    rules: list[dict[str, Any]] = []
    if body.get("wait_timer"):
        rules.append({"id": 1, "type": "wait_timer", "wait_timer": body["wait_timer"]})
    if people:
        told = [{"type": each["type"], "reviewer": {"id": each["id"]}} for each in people]
        rules.append(
            {
                "id": 2,
                "type": "required_reviewers",
                "reviewers": told,
                "prevent_self_review": body.get("prevent_self_review", False),
            }
        )
    hub.environments[name] = {"name": name, "protection_rules": rules, "deployment_branch_policy": policy}
    return 200, hub.environments[name]


def _policies(hub: Hub, name: str, query: dict[str, str]) -> Answer:
    return 200, _page("branch_policies", hub.policies.get(name, []), query)


def _new_policy(hub: Hub, name: str, body: dict[str, Any]) -> Answer:
    if not (hub.environments.get(name, {}).get("deployment_branch_policy") or {}).get(
        "custom_branch_policies"
    ):
        return 404, {"message": "Not Found"}
    if body in hub.policies.setdefault(name, []):
        return 303, None
    hub.policies[name].append(body)
    return 200, body


def _person(hub: Hub, *names: str, query: dict[str, str]) -> Answer:
    number = hub.people.get("/".join(names))
    return (200, {"id": number}) if number else (404, {"message": "Not Found"})


def _secrets(hub: Hub, query: dict[str, str]) -> Answer:
    return 200, _page("secrets", [{"name": name} for name in hub.secrets], query)


def _guarded(hub: Hub, name: str, query: dict[str, str]) -> Answer:
    if name not in hub.environments:
        return 404, {"message": "Not Found"}
    return 200, _page("secrets", [{"name": each} for each in hub.guarded.get(name, [])], query)


def _variables(hub: Hub, query: dict[str, str]) -> Answer:
    if int(query["per_page"]) > 30:
        hub.faults.append("variables: 30 per page is the most")
    return 200, _page("variables", [{"name": name, "value": "a value"} for name in hub.variables], query)


def _page(key: str, every: list[Any], query: dict[str, str]) -> dict[str, Any]:
    size, page = int(query.get("per_page", 30)), int(query.get("page", 1))
    return {"total_count": len(every), key: every[size * (page - 1) : size * page]}


def _pulls(hub: Hub, query: dict[str, str]) -> Answer:
    return 200, [
        p
        for p in hub.pulls
        if (p["state"], f"acme:{p['head']}", p["base"]) == (query["state"], query["head"], query["base"])
    ]


def _open_pull(hub: Hub, body: dict[str, Any]) -> Answer:
    if not hub.may_open_pulls:
        return 403, {"message": "GitHub Actions is not permitted to create or approve pull requests."}
    if any((p["state"], p["head"]) == ("open", body["head"]) for p in hub.pulls):
        return 422, {
            "message": "Validation Failed",
            "errors": [{"message": f"A pull request already exists for acme:{body['head']}."}],
        }
    number = len(hub.pulls) + 1
    hub.pulls.append(
        {
            **body,
            "state": "open",
            "number": number,
            "html_url": f"https://github.com/acme/models/pull/{number}",
        }
    )
    return 201, hub.pulls[-1]


def _update_pull(hub: Hub, number: str, body: dict[str, Any]) -> Answer:
    hub.pulls[int(number) - 1] |= body
    return 200, hub.pulls[int(number) - 1]


OBJECT, NULL = dict, type(None)
ENDPOINTS = [
    Endpoint("GET", "{repo}", "repos/repos#get-a-repository", "", _repository),
    Endpoint("POST", "{repo}/actions/workflows/([^/]+)/dispatches", "actions/workflows#create-a-workflow-dispatch-event", "actions:write", _dispatch, must={"ref": str}, may={"inputs": OBJECT, "return_run_details": bool}),
    Endpoint("GET", "{repo}/environments/([^/]+)", "deployments/environments#get-an-environment", "actions:read", _environment),
    Endpoint("PUT", "{repo}/environments/([^/]+)", "deployments/environments#create-or-update-an-environment", "administration:write", _put_environment, may={"wait_timer": int, "prevent_self_review": bool, "reviewers": (list, NULL), "deployment_branch_policy": (OBJECT, NULL)}),
    Endpoint("GET", "{repo}/environments/([^/]+)/deployment-branch-policies", "deployments/branch-policies#list-deployment-branch-policies", "actions:read", _policies),
    Endpoint("POST", "{repo}/environments/([^/]+)/deployment-branch-policies", "deployments/branch-policies#create-a-deployment-branch-policy", "administration:write", _new_policy, must={"name": str}, may={"type": str}),
    Endpoint("GET", "/orgs/([^/]+)/teams/([^/]+)", "teams/teams#get-a-team-by-name", "members:read", _person),
    Endpoint("GET", "/users/([^/]+)", "users/users#get-a-user", "", _person),
    Endpoint("GET", "{repo}/environments/([^/]+)/secrets", "actions/secrets#list-environment-secrets", "environments:read", _guarded),
    Endpoint("GET", "{repo}/actions/secrets", "actions/secrets#list-repository-secrets", "secrets:read", _secrets),
    Endpoint("GET", "{repo}/actions/variables", "actions/variables#list-repository-variables", "variables:read", _variables),
    Endpoint("GET", "{repo}/pulls", "pulls/pulls#list-pull-requests", "pull_requests:write", _pulls),
    Endpoint("POST", "{repo}/pulls", "pulls/pulls#create-a-pull-request", "pull_requests:write", _open_pull, must={"head": str, "base": str}, may={"title": str, "body": str, "draft": bool, "maintainer_can_modify": bool}),
    Endpoint("PATCH", r"{repo}/pulls/(\d+)", "pulls/pulls#update-a-pull-request", "pull_requests:write", _update_pull, may={"title": str, "body": str, "state": str, "base": str}),
]  # fmt: skip
