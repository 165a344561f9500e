"""The workflow that deploys, run as GitHub runs it, with stand-ins for docker and kubectl."""

from tests.engines.github.actions_runner import Event
from tests.engines.github.scenarios.shop import Shop

FIRST = Event.dispatch(version="1")


def results(run: object) -> dict[str, str]:
    """Return how each job ended."""
    return {name: job.result for name, job in run.jobs.items()}  # type: ignore[attr-defined]


def test_a_version_goes_through_staging_to_production_and_becomes_the_champion(shop: Shop) -> None:
    shop.protect()
    run = shop.run("deploy", FIRST)
    assert results(run) == dict.fromkeys(["guard", "image", "staging", "production"], "success"), run.log
    assert shop.running() == {"stg": "ghcr.io/acme/churn:churn-v1", "prd": "ghcr.io/acme/churn:churn-v1"}
    assert shop.aliases()["champion"] == "1"
    around = {"ConfigMap", "Service", "ServiceAccount", "NetworkPolicy", "PodDisruptionBudget"}
    assert shop.objects("stg") == shop.objects("prd") == {"Deployment", *around}
    assert [name for name, *_ in run.approvals if name == "production"]


def test_a_failing_integration_test_leaves_production_alone(shop: Shop) -> None:
    shop.protect()
    shop.break_staging()
    run = shop.run("deploy", FIRST)
    assert results(run) == {
        "guard": "success",
        "image": "success",
        "staging": "failure",
        "production": "skipped",
    }
    assert run.jobs["staging"].step("Take it back").outcome == "success", run.log
    assert set(shop.running().values()) == {"ghcr.io/acme/churn:before"}
    assert "champion" not in shop.aliases()
    assert len(shop.slack.came) == 1


def test_nothing_is_deployed_where_nobody_must_approve(shop: Shop) -> None:
    run = shop.run("deploy", FIRST)
    assert results(run) == {
        "guard": "failure",
        "image": "skipped",
        "staging": "skipped",
        "production": "skipped",
    }
    assert "make github-setup" in run.log
    assert set(shop.running().values()) == {"ghcr.io/acme/churn:before"}


def test_nothing_is_deployed_from_a_branch(shop: Shop) -> None:
    shop.protect()
    shop.push("sidings")
    run = shop.run("deploy", Event.dispatch(branch="sidings", version="1"))
    assert run.jobs["guard"].result == "failure"
    assert set(shop.running().values()) == {"ghcr.io/acme/churn:before"}


def test_a_version_that_is_none_is_refused(shop: Shop) -> None:
    shop.protect()
    run = shop.run("deploy", Event.dispatch(version="7; rm -rf /"))
    assert run.conclusion == "failure"
    assert set(shop.running().values()) == {"ghcr.io/acme/churn:before"}


def test_a_deployment_that_nobody_approves_stays_in_staging(shop: Shop) -> None:
    shop.protect()
    run = shop.run("deploy", FIRST, review="rejected")
    assert run.jobs["staging"].result == "success" and run.jobs["production"].result != "success"
    assert shop.running()["prd"] == "ghcr.io/acme/churn:before"
