"""What a job tells people: steps that failed or ask for action, or that it failed; it fails by nothing."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.engines.loop.project import Project
from tests.engines.notify.sinks import Http, http_sink

RUN = "https://git.example.com/acme/churn/actions/runs/7"


@dataclass
class Desk:
    """A job that tells a webhook on this machine."""

    project: Project
    http: Http
    slept: list[float] = field(default_factory=list)

    def tell(self) -> str:
        """Tell; return the verdict. It never fails."""
        ops = self.project.ops
        assert ops["tell"].main(ops["notify"].Patience(sleep=self.slept.append)) == 0
        return str(self.project.report("tell")["verdict"])

    def step(self, name: str, verdict: str, *reasons: str) -> Path:
        """Leave the report of a step."""
        report = {"step": name, "verdict": verdict, "figures": {}, "reasons": [*reasons], "results": []}
        return self.project.write(f"reports/{name}.json", json.dumps(report))

    @property
    def told(self) -> list[dict[str, Any]]:
        """What the receiver was told."""
        return [message for _, message in self.http.came]


@pytest.fixture
def desk(bare: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Return a job that looks at three steps."""
    monkeypatch.setenv("STEPS", "drift retrain  push")
    monkeypatch.setenv("JOB_STATUS", "success")
    monkeypatch.setenv("RUN_URL", RUN)
    with http_sink() as sink:
        bare.configure(notify={"webhook": sink.url})
        yield Desk(bare, sink)


@pytest.mark.parametrize("status", ["success", ""])
def test_nobody_is_told_that_all_is_well(desk: Desk, monkeypatch: pytest.MonkeyPatch, status: str) -> None:
    monkeypatch.setenv("JOB_STATUS", status)
    desk.step("drift", "no drift")
    desk.step("push", "skipped")
    assert (desk.tell(), desk.told) == ("skipped", [])
    assert desk.project.report("tell")["reasons"] == ["nothing to tell"]


def test_what_asks_for_action_is_told_with_its_reasons(desk: Desk) -> None:
    desk.step("drift", "drift", "age: KS distance 0.31", *(f"r{n}" for n in range(20)))
    desk.step("retrain", "refused", "accuracy 0.6 is not at least 0.7")
    desk.step("validate", "blocked", "is not asked for")
    assert desk.tell() == "done"
    assert desk.project.report("tell")["reasons"] == ["drift: drift", "retrain: refused"]
    drift, retrain = desk.told
    assert (drift["model"], drift["title"], drift["severity"]) == ("churn", "drift: drift", "warning")
    assert drift["text"].splitlines() == ["age: KS distance 0.31", *(f"r{n}" for n in range(9)), RUN]
    assert retrain["text"] == f"accuracy 0.6 is not at least 0.7\n{RUN}"


def test_a_job_that_failed_without_a_report_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"JOB_STATUS": "failure", "GITHUB_WORKFLOW": "train", "GITHUB_JOB": "work"}.items():
        monkeypatch.setenv(name, value)
    desk.step("drift", "no drift")
    desk.step("pull", "error", "no bucket", "more")
    # Other tools leave files there too.
    desk.project.write("reports/curve.json", "[1, 2]")
    desk.project.write("reports/cut.json", '{"verdict": "err')
    assert desk.tell() == "done"
    (message,) = desk.told
    assert (message["model"], message["title"]) == ("churn", "train failed")
    assert message["text"].splitlines() == [
        "job: work", "pull: error: no bucket", "without a report: retrain, push", RUN,
    ]  # fmt: skip


def test_a_job_that_was_cut_off_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    # GitHub says so of a job whose time is up.
    monkeypatch.setenv("JOB_STATUS", "cancelled")
    monkeypatch.delenv("RUN_URL")
    where = {"SERVER_URL": "https://git.example.com", "REPOSITORY": "acme/churn", "RUN_ID": "7"}
    for name, value in where.items():
        monkeypatch.setenv(f"GITHUB_{name}", value)
    assert desk.tell() == "done"
    assert desk.told[0]["text"].endswith(f"\n{RUN}")


def test_a_job_at_jenkins_that_failed_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"JOB_STATUS": "FAILURE", "JOB_NAME": "churn/train", "STAGE_NAME": "Figures"}.items():
        monkeypatch.setenv(name, value)
    desk.tell()
    assert desk.told[0]["title"] == "churn/train failed"
    assert desk.told[0]["text"].startswith("job: Figures\n")


def test_a_failed_job_whose_report_tells_is_told_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOB_STATUS", "failure")
    desk.step("retrain", "error", "disk full")
    assert desk.tell() == "done"
    assert [message["title"] for message in desk.told] == ["retrain: error"]


def test_reports_of_an_earlier_job_in_the_same_folder_are_not_told_again(desk: Desk) -> None:
    old = desk.step("drift", "drift", "age")
    os.utime(old, (1_000_000_000, 1_000_000_000))
    assert desk.tell() == "done"
    # Were it not for that, the receiver would hold it back.
    Path(".mlops/notify.json").unlink()
    assert (desk.tell(), len(desk.told)) == ("skipped", 1)
    desk.step("drift", "drift", "spend")
    assert (desk.tell(), len(desk.told)) == ("done", 2)


def test_the_same_of_another_run_is_told_once_an_hour(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (7, 8):
        monkeypatch.setenv("RUN_URL", f"https://git.example.com/runs/{number}")
        desk.step("drift", "drift", "age")
        desk.tell()
    assert len(desk.told) == 1


def test_a_receiver_that_is_down_is_reported_and_fails_no_job(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.http.answers += [(503, {})] * 9
    desk.step("drift", "drift", "--title=x")
    assert desk.tell() == "done"
    assert "notify: webhook: not told: HTTP 503" in capsys.readouterr().err
    assert desk.slept == [1, 2, 4, 8]


def test_a_configuration_that_is_broken_fails_no_job(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.step("drift", "drift", "--title=x")
    Path("config/default.json").unlink()
    assert desk.tell() == "done"
    assert "nobody was told" in capsys.readouterr().err
