"""Alerts arrive, and go: through the real Prometheus and Alertmanager, over Slack, mail and a webhook."""

from collections.abc import Iterator

import pytest

from tests.conftest_engines import engine
from tests.engines.notify.sinks import http_sink, mail_sink, self_signed
from tests.engines.prometheus.live import World, load, running


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return the running chain, under load."""
    for name in ("prometheus", "prometheus-alertmanager", "openssl", "aiosmtpd", "uvicorn"):
        engine(name)
    root = tmp_path_factory.mktemp("live")
    certificate = self_signed(root)
    with (
        pytest.MonkeyPatch.context() as patch,
        http_sink() as slack,
        http_sink() as webhook,
        # This one asks for LOGIN in words of its own, which Alertmanager does not understand.
        mail_sink(certificate, b"hidden", without=("LOGIN",)) as mail,
    ):
        patch.delenv("MLOPS_ENV", raising=False)
        with running(root / "churn", slack, webhook, mail, certificate) as found, load(found):
            yield found


def test_alerts_fire_and_resolve_and_the_death_of_the_exporter_is_noticed(world: World) -> None:
    _healthy_is_silent(world)
    world.drift(0.4)
    world.delay(0.3)
    world.until_told("FIRING", "DriftScoreHigh", "drift score 0.4, above 0.3", "LatencyP95HighPage")
    assert "RUNBOOK.md#driftscorehigh" in world.told()["slack"]
    # A page about the latency makes its warning superfluous.
    assert world.alerts()["LatencyP95HighWarning"] == "firing"
    world.drift(0.02)
    world.delay(0)
    world.until(lambda: not world.alerts(), "all is well again")
    world.until_told("[RESOLVED]")
    world.stop("exporter")
    world.until_told("ExporterDown")
    world.stop("service")
    world.until_told("ServiceDown")
    assert all(world.mail.encrypted)
    assert set(world.mail.logins) == {(b"ann", b"hidden")}


def _healthy_is_silent(world: World) -> None:
    def evaluated() -> list[dict[str, str]]:
        groups = world.asked("/api/v1/rules")["groups"]
        return [rule for group in groups for rule in group["rules"]]

    def counted() -> bool:
        found = world.asked("/api/v1/query?query=rate(model_requests_total{code='200'}[6s])")["result"]
        return bool(found) and float(found[0]["value"][1]) > 1

    world.until(counted, "requests are counted")
    # Longer than anything would have to hold.
    begun = world.asked("/api/v1/query?query=time()")["result"][0]
    world.until(lambda: world.asked("/api/v1/query?query=time()")["result"][0] > begun + 6)
    assert {rule["health"] for rule in evaluated()} == {"ok"}, evaluated()
    assert world.alerts() == {}
    assert world.told() == {"slack": "[]", "webhook": "[]", "mail": ""}


def test_no_secret_stands_in_what_is_generated_and_files_are_for_their_owner(world: World) -> None:
    for path in (world.root / "monitoring").rglob("*"):
        assert b"hidden" not in path.read_bytes()
    text = (world.root / "etc/churn/alertmanager.yml").read_text()
    assert "hidden" not in text and 'auth_username: "ann"' in text
    files = {path.name: path.stat().st_mode & 0o777 for path in (world.root / "etc/churn").iterdir()}
    named = ("SLACK_WEBHOOK_URL", "SMTP_PASSWORD", "ON_ALERT_TOKEN", "alertmanager.yml")
    assert files == dict.fromkeys(named, 0o600)
