"""Any body at all: an answer that its own OpenAPI describes, never a failure of the service."""

import asyncio
import importlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engines.serving.world import FASTAPI, compiled, refuse

EXAMPLES = int(os.environ.get("MLOPSC_EXAMPLES", "200"))
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
FIELDS = ("age", "spend", "plan", "active", "since", "rows", "customer_id")
ROWS = st.dictionaries(st.sampled_from(FIELDS), ANY, max_size=7)
SOUND = st.fixed_dictionaries(
    {
        "age": st.integers(16, 2**63 - 1) | st.integers(-(2**63), 12),
        "spend": st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**9), 10**9),
        "plan": st.none() | st.text(st.characters(exclude_categories=["Cs"])),
        "active": st.booleans(),
        "since": st.none()
        | st.datetimes().filter(lambda at: 1700 < at.year < 2200).map(lambda at: at.isoformat()),
    }
)
BODIES = st.binary(max_size=200) | (
    ANY | ROWS | st.fixed_dictionaries({"rows": st.lists(ROWS, max_size=3)})
).map(lambda value: json.dumps(value).encode())


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, odd: Path) -> Iterator[Any]:
    """Return the application in this process, with what is put around it."""
    root = compiled(tmp_path_factory.mktemp("fuzz") / "churn", FASTAPI) / "serving"
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(root))
        patch.setenv("MODEL_FOLDER", str(odd))
        names = {path.stem for path in root.glob("*.py")}
        service = importlib.import_module("service")
        bounded, journal, found = (importlib.import_module(name) for name in ("bounded", "journal", "given"))
        given = found.given()
        yield journal.Journal(bounded.Bounded(service.app, given), given)
    for name in names & set(sys.modules):
        del sys.modules[name]


def sent(app: Any, method: str, path: str, body: bytes) -> tuple[int, Any]:
    """Send a request; return the code and the JSON of the answer."""
    said: list[dict[str, Any]] = []
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    scope = {"type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b""}
    scope |= {"headers": [(b"content-type", b"application/json")], "http_version": "1.1"}
    asyncio.run(app(scope, receive, send))
    text = b"".join(message.get("body", b"") for message in said[1:])
    return said[0]["status"], json.loads(text, parse_constant=refuse)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=BODIES)
def test_no_body_is_a_failure_of_the_service(app: Any, body: bytes) -> None:
    code, said = sent(app, "POST", "/predict", body)
    assert code in (400, 422), (code, said)
    assert set(said) <= {"error", "faults", "request_id"} and said["error"]


@settings(max_examples=EXAMPLES // 4, deadline=None)
@given(rows=st.lists(SOUND, min_size=1, max_size=3))
def test_what_the_description_allows_is_answered(app: Any, rows: list[dict[str, Any]]) -> None:
    described = sent(app, "GET", "/openapi.json", b"")[1]["paths"]["/predict"]["post"]
    asked = described["requestBody"]["content"]["application/json"]["schema"]
    answer = described["responses"]["200"]["content"]["application/json"]["schema"]
    for body in ({"rows": rows}, rows[0]):
        jsonschema.validate(body, asked)
        code, said = sent(app, "POST", "/predict", json.dumps(body).encode())
        assert code == 200, said
        jsonschema.validate(said, answer)
        assert len(said["predictions"]) == len(body.get("rows", [body]))
