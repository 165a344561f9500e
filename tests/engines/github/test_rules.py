"""What must hold of every generated workflow, read from the golden ones."""

import re
from typing import Any

import pytest

from tests.engines.github.workflows import Golden, Mapping, goldens
from tests.trees import GOLDEN

ALL = goldens()
KINDS = ("ci", "train", "deploy", "monitor")
# Who may do more than read, and what.
WRITES = {
    ("train", "lock"): {"contents", "pull-requests"},
    ("train", "deploy"): {"actions"},
    ("monitor", "drift"): {"actions"},
    ("monitor", "rollout"): {"actions"},
    ("deploy", "image"): {"packages"},
}
RECEIVERS = {"SLACK_WEBHOOK_URL", "SMTP_USER", "SMTP_PASSWORD", "NOTIFY_URL"}
each = pytest.mark.parametrize("golden", ALL, ids=lambda golden: f"{golden.spec}-{golden.path.stem}")


def of(kind: str) -> Any:
    """Return the mark for tests of one kind of workflow."""
    found = goldens(kind)
    assert found, kind
    return pytest.mark.parametrize("golden", found, ids=lambda golden: f"{golden.spec}-{golden.path.stem}")


def used(step: Mapping) -> str:
    """Return the action of a step without its commit."""
    return str(step.get("uses", "")).partition("@")[0]


def secrets(step: Mapping) -> set[str]:
    """Return the secrets that a step reads."""
    return set(re.findall(r"secrets\.(\w+)", str(step)))


def before(golden: Golden, job: str) -> set[str]:
    """Return all jobs that a job waits for."""
    needs = set(golden.jobs[job].get("needs", []))
    return needs | {name for need in needs for name in before(golden, need)}


def test_there_is_one_of_each_kind() -> None:
    assert {golden.kind for golden in ALL} == set(KINDS)


@each
def test_it_stands_at_the_root_and_bears_the_name_of_its_model(golden: Golden) -> None:
    specs = [path.read_text() for path in golden.root.rglob("mlops.yaml")]
    assert not specs, "golden trees hold no specs"
    assert golden.path.parent == golden.root / ".github/workflows"
    assert golden.data["name"] == f"{golden.model} {golden.kind}"


@each
def test_a_model_in_a_folder_works_there_and_looks_at_its_own_changes(golden: Golden) -> None:
    assert (golden.root / golden.folder / "mlops.mk").exists()
    for name in ("push", "pull_request"):
        event = (golden.data["on"].get(name) or {}) if name in golden.data["on"] else None
        if event is not None and golden.folder:
            assert f"{golden.folder}/**" in event["paths"]
            assert f".github/workflows/{golden.model}-*.yml" in event["paths"]


@each
def test_each_job_ends_in_time(golden: Golden) -> None:
    assert all(0 < job["timeout-minutes"] < 360 for job in golden.jobs.values())


@each
def test_no_token_but_what_a_job_asks_for(golden: Golden) -> None:
    assert golden.data["permissions"] == {}
    for name, job in golden.jobs.items():
        allowed = WRITES.get((golden.kind, name), set()) | {"id-token"}
        assert {scope for scope, access in job["permissions"].items() if access == "write"} <= allowed
        assert set(job["permissions"].values()) <= {"read", "write"}


@each
def test_each_permission_says_why(golden: Golden) -> None:
    lines = [line for line in golden.text.splitlines() if re.match(r"      [a-z-]+: (read|write)\b", line)]
    assert lines and all(re.search(r" # \w", line) for line in lines)


@each
def test_an_identity_is_asked_for_where_a_role_is_taken_on(golden: Golden) -> None:
    for job in golden.jobs.values():
        takes = any(used(step) == "aws-actions/configure-aws-credentials" for step in job["steps"])
        assert takes == ("id-token" in job["permissions"])


@each
def test_no_credential_stays_behind_a_checkout(golden: Golden) -> None:
    found = [step for _, step in golden.steps() if used(step) == "actions/checkout"]
    assert len(found) == len(golden.jobs)
    assert all(step["with"]["persist-credentials"] is False for step in found)


@each
def test_each_step_is_one_make_command_or_a_pinned_action(golden: Golden) -> None:
    for _, step in golden.steps():
        assert ("run" in step) != ("uses" in step)
        assert re.fullmatch(r"make [a-z]+(-[a-z]+)*", step.get("run", "make x"))
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step.get("uses", "a/b@" + 40 * "0"))


@each
def test_each_command_is_there_on_a_laptop_too(golden: Golden) -> None:
    makefile = (golden.root / golden.folder / "mlops.mk").read_text()
    for _, command in golden.commands():
        assert re.search(rf"^{re.escape(command)}:", makefile, re.MULTILINE), command


@each
def test_nothing_stands_in_a_command_that_is_put_in_later(golden: Golden) -> None:
    assert not [step for _, step in golden.steps() if "${{" in step.get("run", "")]
    assert golden.data["defaults"]["run"]["shell"] == "bash"


@each
def test_a_secret_reaches_only_the_steps_that_need_it(golden: Golden) -> None:
    assert not secrets({**golden.data, "jobs": None})
    for name, job in golden.jobs.items():
        assert not secrets({**job, "steps": None}), name
        for step in job["steps"]:
            command = step.get("run", "").removeprefix("make ")
            told = secrets(step) & RECEIVERS
            assert not told or command == "tell"
            assert not secrets(step) or command not in (
                "setup",
                "ci-lint",
                "ci-test",
                "outputs",
                "commit-lock",
            )


@each
def test_secrets_are_named_one_by_one(golden: Golden) -> None:
    assert "toJSON(secrets)" not in golden.text and "secrets: inherit" not in golden.text


@each
def test_nothing_of_a_fork_runs_with_rights(golden: Golden) -> None:
    assert not {"pull_request_target", "workflow_run", "issue_comment"} & set(golden.data["on"])


@each
def test_schedules_are_five_fields_in_a_time_zone(golden: Golden) -> None:
    for entry in golden.data["on"].get("schedule", []):
        assert len(entry["cron"].split()) == 5 and entry["timezone"]


@each
def test_what_is_told_is_told_last_and_in_any_case(golden: Golden) -> None:
    for job in golden.jobs.values():
        tells = [place for place, step in enumerate(job["steps"]) if step.get("run") == "make tell"]
        assert tells in ([], [len(job["steps"]) - 1])
        assert all(job["steps"][place]["if"] == "always()" for place in tells)


def test_no_two_workflows_of_a_repository_wait_for_each_other() -> None:
    groups = [(golden.spec, golden.data["concurrency"]["group"]) for golden in ALL]
    assert len(set(groups)) == len(groups)
    assert all(golden.model in golden.data["concurrency"]["group"] for golden in ALL)


@of("ci")
def test_ci_looks_at_main_and_at_pull_requests(golden: Golden) -> None:
    assert set(golden.data["on"]) == {"push", "pull_request"}
    assert golden.data["on"]["push"]["branches"] == ["main"]


@of("ci")
def test_ci_registers_and_starts_nothing(golden: Golden) -> None:
    forbidden = {"register", "promote", "rollback", "retrain", "push", "deploy", "image", "commit-lock"}
    commands = {command for _, command in golden.commands()}
    assert not commands & forbidden and not any("dispatch" in command for command in commands)


@of("ci")
def test_ci_stops_at_bad_data_and_compares_what_it_trained(golden: Golden) -> None:
    steps = {step["run"]: step for _, step in golden.steps() if "run" in step}
    # A spec may have nothing that is validated.
    assert "make validate" not in steps or steps["make validate"]["env"]["STRICT"] == "1"
    order = [command for job, command in golden.commands() if job == "pipeline"]
    wanted = ["setup", "pull", "validate", "pipeline", "compare"]
    assert order == [command for command in wanted if command in order]


@of("ci")
def test_ci_goes_on_only_with_data(golden: Golden) -> None:
    steps = {step.get("run"): step for step in golden.jobs["pipeline"]["steps"]}
    if "make pull" in steps:
        for command in ("validate", "pipeline", "compare"):
            assert steps[f"make {command}"]["if"] == "steps.pull.outputs.verdict == 'done'"


@of("ci")
def test_ci_takes_on_no_role_for_a_fork(golden: Golden) -> None:
    for _, step in golden.steps():
        if used(step) == "aws-actions/configure-aws-credentials":
            assert step["if"] == "github.event.pull_request.head.repo.fork != true"
            assert step["continue-on-error"] is True


@each
def test_caches_follow_the_pins_and_dvc_lock(golden: Golden) -> None:
    for _, step in golden.steps():
        if used(step) == "actions/cache":
            lock = f"{golden.folder}/dvc.lock".removeprefix("/")
            assert f"hashFiles('{lock}')" in step["with"]["key"]
        if used(step) == "astral-sh/setup-uv" and step["with"].get("enable-cache"):
            assert "requirements" in step["with"]["cache-dependency-glob"]


@of("train")
def test_a_training_is_never_cancelled_and_never_beside_another(golden: Golden) -> None:
    wanted = {"group": f"{golden.model}-train", "cancel-in-progress": False, "queue": "max"}
    assert golden.data["concurrency"] == wanted


@of("train")
def test_lock_and_deployment_follow_a_candidate_that_passed(golden: Golden) -> None:
    for name in {"lock", "deploy"} & set(golden.jobs):
        assert golden.jobs[name]["needs"] == ["train"]
        assert golden.jobs[name]["if"] == "needs.train.outputs.verdict == 'trained'"


@of("train")
def test_user_code_never_runs_beside_a_token_that_writes(golden: Golden) -> None:
    commands = {command for job, command in golden.commands() if job != "train"}
    assert commands <= {"commit-lock", "dispatch-deploy", "tell"}
    assert set(golden.jobs["train"]["permissions"].items()) <= {("contents", "read"), ("id-token", "write")}


@of("train")
def test_a_training_is_started_by_clock_hand_or_call(golden: Golden) -> None:
    assert set(golden.data["on"]) <= {"schedule", "workflow_dispatch", "repository_dispatch"}
    assert set(golden.data["on"]["workflow_dispatch"]["inputs"]) == {"trigger", "event"}


@of("deploy")
def test_a_deployment_is_of_one_version_and_started_by_name(golden: Golden) -> None:
    assert set(golden.data["on"]) == {"workflow_dispatch"}
    assert golden.data["on"]["workflow_dispatch"]["inputs"]["version"]["required"] is True
    assert golden.data["concurrency"]["cancel-in-progress"] is False
    assert golden.data["concurrency"]["queue"] == "max"


@of("deploy")
def test_nothing_is_deployed_before_the_guard_has_looked(golden: Golden) -> None:
    (guard,) = [step for step in golden.jobs["guard"]["steps"] if step.get("run") == "make protected"]
    assert guard["env"]["STRICT"] == "1"
    assert all("guard" in before(golden, job) for job in golden.jobs if job != "guard")
    assert not [job for job in golden.jobs.values() if "if" in job]


@of("deploy")
def test_environments_come_one_after_the_other_and_take_back_what_fails(golden: Golden) -> None:
    places = {name: job for name, job in golden.jobs.items() if name not in ("guard", "image")}
    for name, job in places.items():
        runs = [step.get("run") for step in job["steps"]]
        back = job["steps"][runs.index("make back-out")]
        assert back["if"] == "(failure() || cancelled()) && steps.deploy.outputs.changed == 'true'"
        assert runs.index("make deploy") < runs.index("make verify") < runs.index("make back-out")
        assert job.get("environment", "service") == name
    last = list(places)[-1]
    assert [job for job, command in golden.commands() if command == "promote"] == [last]
    assert before(golden, last) == set(golden.jobs) - {last}


def stepwise(golden: Golden) -> dict[str, Mapping]:
    """Return the jobs of environments whose versions get their traffic in steps."""
    found = {}
    for name, job in golden.jobs.items():
        config = golden.root / golden.folder / f"config/{job.get('environment', 'default')}.json"
        if any(step.get("run") == "make deploy" for step in job["steps"]):
            text = config.read_text()
            found |= {name: job} if '"rollout": {' in text else {}
    return found


def test_some_golden_gives_versions_their_traffic_in_steps() -> None:
    assert any(stepwise(golden) for golden in ALL if golden.kind == "deploy")


@of("deploy")
def test_a_rollout_is_followed_for_five_hours_and_promoted_only_when_it_is_done(golden: Golden) -> None:
    last = list(golden.jobs)[-1]
    for name, job in stepwise(golden).items():
        steps = {step.get("run", "").removeprefix("make "): step for step in job["steps"] if "run" in step}
        assert 300 < job["timeout-minutes"] < 360
        assert steps["deploy"]["env"]["STRICT"] == "1", "what was taken back is red"
        done = "steps.deploy.outputs.verdict == 'done'"
        wanted = done if name == last else None
        assert {steps[each].get("if") for each in ("verify", "promote") if each in steps} == {wanted}
        assert "deploy" in steps["tell"]["env"]["STEPS"].split() if "tell" in steps else True


@of("monitor")
def test_what_finishes_a_rollout_reaches_no_cluster(golden: Golden) -> None:
    for name, job in golden.jobs.items():
        commands = [step.get("run") for step in job["steps"]]
        if "make dispatch-finish" in commands:
            assert name == "rollout" and "environment" not in job
            assert "KUBECONFIG_DATA" not in str(job)


@of("monitor")
def test_a_watch_asks_for_a_training_only_on_its_verdict(golden: Golden) -> None:
    for _, step in golden.steps():
        if step.get("run") == "make dispatch-train":
            assert step["if"] == "steps.drift.outputs.verdict == 'drift'"


def test_only_the_scheduler_that_is_github_trains_and_watches() -> None:
    """Specs that leave scheduled work to something else have neither workflow."""
    scheduled = {(golden.spec, golden.model) for golden in ALL if golden.kind in ("train", "monitor")}
    for spec, model in scheduled:
        folder = next(golden.folder for golden in ALL if (golden.spec, golden.model) == (spec, model))
        assert not (GOLDEN / spec / folder / "config/schedule.json").exists()


def test_what_a_repository_has_once_comes_from_its_house_or_its_only_model() -> None:
    for path in GOLDEN.glob("*/.github/CODEOWNERS"):
        first = path.read_text().splitlines()[0]
        house = path.parents[1] / "platform"
        wanted = "platform/house.yaml" if list(path.parents[1].glob("models/*")) else "mlops.yaml"
        assert f"from {wanted}:" in first, house
    assert (GOLDEN / "monorepo/.github/dependabot.yml").exists()
