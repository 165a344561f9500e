"""What programs remember: in a file, or in tags of an MLflow experiment."""

import json
import os
import random
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.conftest_engines import engine
from tests.engines.retraining.world import Killed, World

Open = Callable[[str], Any]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory, programs: dict[str, ModuleType]) -> Path:
    """Return an MLflow database with its tables, which take seconds to create."""
    engine("mlflow")
    path = tmp_path_factory.mktemp("database") / "mlflow.db"
    programs["tracking"].connect(f"sqlite:///{path}").search_experiments()
    return path


@pytest.fixture
def uri(world: World, database: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the address of a tracking store of one's own, where a tag is seen at once."""
    monkeypatch.setattr(world.ops["experiment_tags"], "SETTLE_SECONDS", 0.05)
    shutil.copy(database, world.root / "mlflow.db")
    return f"sqlite:///{world.root}/mlflow.db"


@pytest.fixture(params=["file", "tracking"])
def opened(request: pytest.FixtureRequest, world: World) -> Open:
    """Return what opens a document, in a file and in tags."""
    kind = request.param
    address = request.getfixturevalue("uri") if kind == "tracking" else ""
    config = {"state": kind, "tracking": {"uri": address, "experiment": "churn"}}
    return lambda name: world.ops["state"].state(config, name)


def test_a_document_is_empty_at_first_and_then_what_it_was_made(opened: Open) -> None:
    assert opened("retraining").get() == {}
    assert opened("retraining").update(lambda old: old | {"a": [1, "é\n"]}) == {"a": [1, "é\n"]}
    opened("retraining").update(lambda old: old | {"b": None})
    assert opened("retraining").get() == {"a": [1, "é\n"], "b": None}
    assert opened("drift").get() == {}


def test_a_document_may_be_large(opened: Open) -> None:
    digits = random.Random(0)
    marks = [f"{digits.getrandbits(64):016x}" for _ in range(5_000)]
    opened("retraining").update(lambda _: {"seen": marks})
    assert opened("retraining").get() == {"seen": marks}
    opened("retraining").update(lambda _: {"seen": []})
    assert opened("retraining").get() == {"seen": []}


def test_no_update_is_lost_when_several_happen_at_once(opened: Open) -> None:
    def count(_: int) -> None:
        opened("retraining").update(lambda old: {"count": old.get("count", 0) + 1})

    count(0)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(count, range(6)))
    assert opened("retraining").get() == {"count": 7}


def test_a_change_that_fails_changes_nothing_and_locks_nobody_out(opened: Open) -> None:
    opened("retraining").update(lambda _: {"kept": 1})
    with pytest.raises(KeyError):
        opened("retraining").update(lambda old: {"x": old["absent"]})
    assert opened("retraining").update(lambda old: old) == {"kept": 1}


def test_a_writer_killed_between_two_tags_leaves_the_old_document_or_the_new(
    world: World, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tags = world.ops["experiment_tags"]
    monkeypatch.setattr(tags, "PART", 60)
    monkeypatch.setattr(tags, "LEASE_SECONDS", 0.1)
    old, new = {"of": "old" * 40}, {"of": [f"new {number}" for number in range(40)]}
    found = []
    for deadly in range(1, 40):
        state = tags.TagState(uri, "churn", "retraining")
        state.update(lambda _: old)
        left = deadly

        def deadly_call(real: Callable[..., None], *arguments: object) -> None:
            nonlocal left
            left -= 1
            if left <= 0:
                raise Killed
            real(*arguments)

        client = state.client
        for name in ("set_experiment_tag", "delete_experiment_tag"):
            real = getattr(client, name)
            setattr(client, name, lambda *given, real=real: deadly_call(real, *given))
        try:
            state.update(lambda _: new)
        except Killed:
            found.append(tags.TagState(uri, "churn", "retraining").get())
        else:
            break
    assert found[0] == old and found[-1] == new
    assert found == sorted(found, key=lambda document: document == new)
    assert all(document in (old, new) for document in found)
    last = tags.TagState(uri, "churn", "retraining")
    last.update(lambda _: {"small": 1})
    kept = [key for key in last.client.get_experiment_by_name("churn").tags if key.startswith("mlops.")]
    assert len(kept) == 3


def test_a_lock_that_nobody_ends_is_waited_for_in_vain(
    world: World, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tags = world.ops["experiment_tags"]
    monkeypatch.setattr(tags, "PATIENCE_SECONDS", 0.2)
    state = tags.TagState(uri, "churn", "retraining")
    state._set(state.lock, f"other {time.time() + 60}")
    with pytest.raises(
        TimeoutError, match=r"the tag mlops\.state\.retraining\.lock of the experiment churn stays locked"
    ):
        state.update(lambda old: old)


def test_a_store_that_is_down_is_said_to_be_down(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    engine("mlflow")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    state = world.ops["experiment_tags"].TagState("http://me:hidden@127.0.0.1:9", "churn", "retraining")
    with pytest.raises(ConnectionError) as raised:
        state.get()
    assert str(raised.value).startswith(
        "the tracking store http://127.0.0.1:9 did not do it: API request to "
    )
    assert "hidden" not in str(raised.value)


def test_a_retraining_remembers_in_the_tracking_store(
    world: World, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.ops["experiment_tags"], "SETTLE_SECONDS", 0.0)
    monkeypatch.setenv("TRACKING", uri)
    file = world.root / "config" / "default.json"
    tracking = {"uri": {"env": "TRACKING"}, "experiment": "churn"}
    file.write_text(json.dumps(json.loads(file.read_text()) | {"state": "tracking", "tracking": tracking}))
    assert world.verdict("webhook", "1") == "trained"
    # The next runner starts from an empty folder.
    shutil.rmtree(world.root / ".mlops")
    assert world.verdict("webhook", "1") == "not due"
    assert not list((world.root / ".mlops").glob("*.json"))


def test_what_is_remembered_in_files_is_ignored_by_git(world: World) -> None:
    world.ops["state"].FileState("x").update(lambda _: {})
    assert (world.root / ".mlops" / ".gitignore").read_text() == "*\n"


def test_alone_waits_for_the_other(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    alone, order = world.ops["state"].alone, []

    def second() -> None:
        with alone("retrain", "waiting"):
            order.append("second")

    with alone("retrain"):
        thread = threading.Thread(target=second)
        thread.start()
        while "waiting" not in capsys.readouterr().out:
            os.sched_yield()
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
