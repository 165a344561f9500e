"""The program around the core: its command line, its network, its gauges."""

import json
import os
import subprocess
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.engines.rollout.cluster import CONFIG

OPS = Path(__file__).parents[3] / "templates" / "rollout" / "ops"


def flat(folder: Path, **config: object) -> Path:
    """The programs as the ConfigMap mounts them."""
    for program in OPS.glob("rollout*.py"):
        (folder / program.name).write_bytes(program.read_bytes())
    (folder / "rollout.json").write_text(json.dumps({**CONFIG, **config}), "utf-8")
    return folder / "rollout.py"


def test_a_dry_run_says_what_and_when_and_asks_nobody(tmp_path: Path) -> None:
    program = flat(tmp_path, kubernetes="http://127.0.0.1:9", shadow_seconds=600)
    environment = {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        # Nothing but Python: no packages, no settings of the user.
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            f"import sys; sys.path.insert(0, {str(tmp_path)!r}); sys.argv[1:] = ['--dry-run']; import runpy; runpy.run_path({str(program)!r}, run_name='__main__')",
        ],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [each.partition("  ")[0] for each in lines[:7]] == [
        "0:00:00", "0:00:00", "0:10:30", "0:21:00", "0:31:30", "0:42:00", "0:42:00",
    ]  # fmt: skip
    assert "a copy of all traffic for 10 min" in lines[1]
    assert "step 1: 5 % of the traffic; settles for 30 s, then held for 10 min" in lines[2]
    assert "at most 1 % of the requests fail, at most 5 % of the requests take longer than 0.2 s" in lines[7]
    assert "fewer than 200 requests, never promotes: it takes the version back" in lines[8]
    assert lines[9] == "What is not decided 1 h after the first share is taken back."


def test_a_dry_run_says_what_an_ab_test_does(modules: dict[str, ModuleType]) -> None:
    test = {"share": 0.1, "seconds": 1_209_600, "slack_seconds": 604_800, "guardrails": {"error_rate": 0.02}}
    lines = modules["rollout_plan"].plan({**CONFIG, "ab_test": test})
    assert lines[4:6] == [
        "0:31:30  A/B test: the canary answers 10 % of the ids, whatever the weights; settles for 30 s, "
        "then runs for 14 d",
        "336:32:00  stable gets the image, and when its pods are ready all of the traffic",
    ]
    assert "What has not come through all steps 1 h after the first share is taken back." in lines
    assert lines[-2:] == [
        "Guardrails of the test, by what the canary has answered in the last hour and day: at most 2 % of the "
        "requests fail.",
        "It promotes only when the test says so; what is not said 7 d after its end is taken back.",
    ]


def test_an_api_server_that_is_not_there_is_no_silence(modules: dict[str, ModuleType]) -> None:
    network = modules["rollout_network"].Network("http://127.0.0.1:9")
    with pytest.raises(OSError, match="refused"):
        network.call("GET", "http://127.0.0.1:9/api", None, {}, 2.0)
    with pytest.raises(ValueError, match="no address of HTTP"):
        network.call("GET", "file:///etc/passwd", None, {}, 2.0)


class Echo(BaseHTTPRequestHandler):
    """Tells what it was sent; sends /away elsewhere, and answers /half with half of what it promises."""

    def do_GET(self) -> None:
        content = json.dumps({"authorization": self.headers.get("Authorization", "")}).encode()
        self.send_response({"/away": 302, "/missing": 404}.get(self.path, 200))
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(content) * (2 if self.path == "/half" else 1)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def echo() -> object:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_the_token_goes_to_the_api_server_alone(
    modules: dict[str, ModuleType], echo: str, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("first\n", "ascii")
    network = modules["rollout_network"].Network(echo, tmp_path)
    elsewhere = echo.replace("127.0.0.1", "localhost")

    def sent(url: str) -> str:
        return str(json.loads(network.call("GET", url, None, {}, 5.0)[1])["authorization"])

    assert sent(f"{echo}/api") == "Bearer first"
    (tmp_path / "token").write_text("second\n", "ascii")
    assert sent(f"{echo}/api") == "Bearer second"
    assert sent(f"{elsewhere}/api") == ""
    # A redirect is an answer, and a name that only begins alike is another server.
    assert network.call("GET", f"{echo}/away", None, {}, 5.0)[0] == 302
    assert network.call("GET", f"{echo}/missing", None, {}, 5.0)[0] == 404
    with pytest.raises(OSError):
        network.call("GET", f"{echo}/half", None, {}, 5.0)
    with pytest.raises(OSError):
        network.call("GET", f"{echo}.invalid/api", None, {}, 5.0)


def test_gauges_are_what_prometheus_reads(modules: dict[str, ModuleType]) -> None:
    gauges = modules["rollout_gauges"].Gauges({**CONFIG, "model": 'ch"urn\\\n'})
    decisions = [{"verdict": "good"}, {"verdict": "good"}, {"verdict": "bad"}]
    state = modules["rollout_state"].State(
        version="8", image="x", phase="step", step=2, share=0.25, decisions=decisions
    )
    gauges.seen(state)
    port = gauges.serve(0)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    found = {
        (each.name, each.labels.get("phase") or each.labels.get("verdict", "")): each
        for family in text_string_to_metric_families(text)
        for each in family.samples
    }
    share = found["model_rollout_share", ""]
    assert share.value == 0.25
    assert share.labels == {"model": 'ch"urn\\\n', "environment": "production", "version": "8"}
    assert found["model_rollout_step", ""].value == 2
    assert [name[1] for name, each in found.items() if name[0] == "model_rollout_phase" and each.value] == [
        "step"
    ]
    assert found["model_rollout_decisions", "good"].value == 2
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10)


def test_the_state_is_read_as_it_is_written(modules: dict[str, ModuleType]) -> None:
    state = modules["rollout_state"]
    written = state.State(version="8", image="x", phase="step", step=1, share=0.05, since=1.5, deadline=2.5)
    for number in range(50):
        written.remember({"line": str(number)})
    assert state.read(written.text()) == written
    assert written.decisions[0] == {"line": "10"}
    asked = '{"version": 8, "image": "x", "phase": "requested", "since": null, "unknown": 1}'
    assert state.read(asked) == state.State(version="8", image="x", phase="requested")
