"""deploy.sh against an engine whose containers are real processes: whatever happens, a version serves."""

import os
import random
import signal
import socket
from collections.abc import Iterator

import pytest

from tests.engines.host.conftest import Host


def test_the_first_version_comes_into_service(host: Host) -> None:
    code, out, err = host.run("up", "1", host.image("1"))
    assert (code, out) == (0, f"version 1 serves at 127.0.0.1:{host.port}\n"), err
    (container,) = host.engine.containers.values()
    assert {
        "--network=host",
        "--read-only",
        "--tmpfs=/tmp",
        "--cap-drop=ALL",
        "--security-opt=no-new-privileges",
        "--restart=unless-stopped",
        "--volume=churn-staging-handover:/run/handover",
    } < container.options
    assert not [each for each in container.options if each.startswith("--publish")]


def test_the_same_version_again_changes_nothing(host: Host) -> None:
    host.up("1")
    pids = [each.pid for each in host.engine.containers.values()]
    assert host.run("up", "1", host.image("1"))[:2] == (
        0,
        f"version 1 runs already\nversion 1 serves at 127.0.0.1:{host.port}\n",
    )
    assert [each.pid for each in host.engine.containers.values()] == pids


def test_ten_thousand_requests_and_no_failure_while_versions_change(host: Host) -> None:
    host.up("1")
    with host.callers().asking() as callers:
        for version in ("2", "3"):
            host.up(version)
        assert host.run("back")[0] == 0
        assert host.serving() == ["2"]
        host.up("4")
        callers.until(10_000)
    assert callers.failures == []
    assert callers.count >= 10_000
    assert set(callers.answers) == {"1", "2", "3", "4"}
    # Those who kept their connection were told to open another one, each at most once for each change.
    assert callers.closed <= 4 * callers.keeping


def test_killed_anywhere_a_hundred_times_a_version_serves_always(host: Host) -> None:
    """Each fifth run is left alone, and completes what the killed ones have begun."""
    chance, killed, attempt = random.Random(5), 0, 0
    host.up("1")
    with host.callers(keeping=1, opening=1, pause=0.005).asking() as callers:
        while killed < 100:
            attempt += 1
            version = str(attempt % 3 + 1)
            words = ("back",) if attempt % 4 == 3 else ("up", version, host.image(version))
            whole = attempt % 5 == 0
            if not whole:
                aim(host, len(host.engine.calls) + chance.randint(1, 12), chance.choice(("before", "after")))
            code, _, err = host.run(*words)
            host.engine.kill = lambda *_: None
            killed += code == -signal.SIGKILL
            assert code in ((0,) if whole else (0, -signal.SIGKILL)), err
            assert len(host.serving()) == 1 if whole else host.serving()
            assert not callers.failures
    assert (callers.failures, set(callers.answers)) == ([], {"1", "2", "3"})


CHANGES = ("create", "start", "stop", "rm")


def sweep(host: Host, *words: str) -> Iterator[None]:
    """Do a step again and again, killed before or after each change that it makes, until none is left."""
    for number in range(1, 9):
        for when in ("before", "after"):
            seen = 0

            def kill(call: int, moment: str, group: int, wanted: int = number, when: str = when) -> None:
                nonlocal seen
                seen += moment == when and host.engine.calls[call - 1][0] in CHANGES
                if moment == when and seen == wanted:
                    seen += 1
                    os.killpg(group, signal.SIGKILL)

            host.engine.kill = kill
            code = host.run(*words)[0]
            host.engine.kill = lambda *_: None
            if code == 0:
                assert number > 2
                return
            assert code == -signal.SIGKILL
            yield


def test_killed_at_each_change_a_version_comes_and_goes(host: Host) -> None:
    host.up("1")
    with host.callers(keeping=1, opening=1, pause=0.01).asking() as callers:
        for _ in sweep(host, "up", "2", host.image("2")):
            host.up("2")
            assert host.serving() == ["2"]
            assert host.run("back", "2")[0] == 0
            assert host.serving() == ["1"]
    assert callers.failures == []


def test_killed_at_each_change_going_back_goes_back_once(host: Host) -> None:
    for version in ("3", "1", "2"):
        host.up(version)
    for _ in sweep(host, "back"):
        assert host.run("back")[0] == 0
        assert host.serving() == ["1"]
        host.up("2")


def test_a_version_that_never_came_is_not_taken_back(host: Host) -> None:
    for version in ("1", "2"):
        host.up(version)
    assert host.run("back", "4")[1] == "version 2 is in service: nothing to take back\n"
    assert host.serving() == ["2"]


def aim(host: Host, number: int, when: str) -> None:
    """Kill whoever makes a call, and the call's own process, before or after it is done."""

    def kill(call: int, moment: str, group: int) -> None:
        if (call, moment) == (number, when):
            os.killpg(group, signal.SIGKILL)

    host.engine.kill = kill


@pytest.mark.parametrize(
    ("ill", "said"), [("import", "this is version 2, and it is ill"), ("startup", "it is ill")]
)
def test_one_that_does_not_come_up_never_touches_the_old_one(host: Host, ill: str, said: str) -> None:
    host.up("1")
    pid = host.engine.containers["churn-staging-v1"].pid
    with host.callers().asking() as callers:
        code, _, err = host.run("up", "2", host.image("2", ILL=ill))
    assert (code, "version 2 did not come up, and version 1 goes on" in err, said in err) == (
        1,
        True,
        True,
    ), err
    assert (callers.failures, set(callers.answers)) == ([], {"1"})
    assert host.engine.containers["churn-staging-v1"].pid == pid
    assert host.engine.containers["churn-staging-v2"].state == "exited"


def test_one_that_never_answers_is_given_up(host: Host) -> None:
    host.up("1")
    code, _, err = host.run("up", "2", host.image("2", ILL="asleep"), PATIENCE_SECONDS="1")
    assert (code, "version 1 goes on" in err) == (1, True), err
    assert host.serving() == ["1"]


def test_one_that_falls_over_right_after_its_start_is_given_up(host: Host) -> None:
    """It answered once, but the old one has not gone yet."""
    host.up("1")
    code, _, err = host.run("up", "2", host.image("2", ILL="soon"), SETTLE_SECONDS="2")
    assert (code, "version 1 goes on" in err) == (1, True), err
    assert host.serving() == ["1"]


def test_going_back_under_load_loses_nothing_and_goes_back_once(host: Host) -> None:
    host.up("1")
    host.up("2")
    with host.callers().asking() as callers:
        for asked in (("2",), ("2",), ()):
            assert host.run("back", *asked)[0] == 0
            assert host.serving() == ["1"]
    assert callers.failures == []
    assert host.run("back", "2")[1] == "version 1 is in service: nothing to take back\n"


def test_a_version_that_was_taken_back_may_come_again(host: Host) -> None:
    for version in ("1", "2"):
        host.up(version)
    assert host.run("back", "2")[1] == "version 1 is in service again\n"
    host.up("2")
    assert host.serving() == ["2"]
    assert host.run("back")[1] == "version 1 is in service again\n"


def test_before_the_first_version_there_is_nothing(host: Host) -> None:
    assert host.run("back")[:2] == (0, "nothing is in service\n")
    host.up("1")
    said = "before version 1 there was nothing: nothing is in service\n"
    assert host.run("back", "1")[:2] == (0, said)
    assert host.engine.containers == {}


def test_the_last_three_stay_with_their_images(host: Host) -> None:
    for version in ("1", "2", "3", "4", "5"):
        host.up(version)
    assert sorted(host.engine.containers) == ["churn-staging-v3", "churn-staging-v4", "churn-staging-v5"]
    assert sorted(host.engine.images) == ["churn:churn-v3", "churn:churn-v4", "churn:churn-v5"]


def test_what_is_gone_comes_back_from_its_image(host: Host) -> None:
    for version in ("1", "2"):
        host.up(version)
    del host.engine.containers["churn-staging-v1"]
    assert host.run("back", "2")[1] == "version 1 is in service again\n"
    assert host.run("back")[1] == "version 1 is in service: nothing to take back\n"


def test_after_a_reboot_in_the_middle_of_a_change_one_of_both_has_the_port(host: Host) -> None:
    host.up("1")
    # Killed before it stops version 1: both run.
    aim_at(host, "stop")
    assert host.run("up", "2", host.image("2"))[0] == -signal.SIGKILL
    host.engine.kill = lambda *_: None
    assert host.serving() == ["1", "2"]
    host.engine.reboot()
    host.up("2")
    assert host.serving() == ["2"]
    with host.callers().asking() as callers:
        host.up("3")
    assert callers.failures == []


def aim_at(host: Host, verb: str) -> None:
    """Kill whoever makes the first call of a kind, before it is done."""

    def kill(_number: int, moment: str, group: int) -> None:
        if moment == "before" and host.engine.calls[-1][0] == verb:
            os.killpg(group, signal.SIGKILL)
            raise ConnectionAbortedError("the engine never heard of it")

    host.engine.kill = kill


def test_a_new_one_takes_the_place_of_one_that_crashed(host: Host) -> None:
    host.up("1")
    old = host.engine.containers["churn-staging-v1"]
    os.kill(old.pid, signal.SIGKILL)
    assert old.over.wait(20)
    host.up("2")
    assert (host.serving(), old.state) == (["2"], "exited")


def test_one_that_fell_over_and_starts_again_finds_the_one_before(host: Host) -> None:
    """Its own unix socket is dead, that of the one before is not."""
    host.up("1")
    aim_at(host, "stop")
    host.run("up", "2", host.image("2"))
    host.engine.kill = lambda *_: None
    with host.callers(keeping=0).asking() as callers:
        pass
    new = host.engine.containers["churn-staging-v2"]
    os.kill(new.pid, signal.SIGKILL)
    assert new.over.wait(20)
    host.engine.restart("churn-staging-v2")
    host.up("2")
    assert (host.serving(), callers.failures) == (["2"], [])


def test_a_port_that_another_program_holds(host: Host) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", host.port))
        other.listen()
        code, _, err = host.run("up", "1", host.image("1"))
    assert code == 4
    assert "version 1 did not come up, and nothing runs" in err
    assert f"another process listens at 127.0.0.1 port {host.port}, and does not hand it over" in err


def test_one_that_cannot_hand_over_goes_first(host: Host) -> None:
    host.image("1", HANDS_OVER="")
    code, _, _ = host.run("up", "1", "churn:churn-v1")
    assert code == 0
    code, out, err = host.run("up", "2", host.image("2"))
    assert (code, host.serving()) == (0, ["2"]), err
    assert "churn-staging-v1 cannot hand the port over: nothing serves until version 2 does" in out
    host.image("3", ILL="import")
    code, _, _ = host.run("back")
    assert (code, host.serving()) == (0, ["1"])
    code, _, err = host.run("up", "3", "churn:churn-v3")
    assert (code, host.serving(), "version 1 runs again" in err) == (1, ["1"], True)


def test_status_shows_what_there_is(host: Host) -> None:
    for version in ("1", "2"):
        host.up(version)
    rows = [line.split() for line in host.run("status")[1].splitlines()]
    assert rows == [
        ["VERSION", "STATE", "BEFORE", "CONTAINER", "IMAGE"],
        ["2", "serves", "1", "churn-staging-v2", "churn:churn-v2"],
        ["1", "stopped", "-", "churn-staging-v1", "churn:churn-v1"],
    ]


@pytest.mark.parametrize(
    ("words", "environment", "said"),
    [
        ((), {}, "usage:"),
        (("up", "1"), {}, "usage:"),
        (("up", "$(id)", "churn:1"), {}, "is no version"),
        (("up", "1", "--privileged"), {}, "is no image"),
        (("up", "1", "a b"), {}, "is no image"),
        (("status",), {"SERVICE": "x y"}, "set it to the service's name"),
        (("status",), {"SERVICE": ""}, "set it to the service's name"),
        (("status",), {"KEEP": "all"}, "whole numbers from 1, not 'all'"),
    ],
)
def test_what_makes_no_sense_is_refused(
    host: Host, words: tuple[str, ...], environment: dict[str, str], said: str
) -> None:
    code, _, err = host.run(*words, **environment)
    assert (code, said in err) == (2, True), err
    assert host.engine.calls == []


def test_without_docker_it_says_so(host: Host) -> None:
    code, _, err = host.run("status", PATH="/nowhere")
    assert (code, "docker is not installed here, or not on PATH" in err) == (3, True)


def test_an_image_that_is_nowhere_changes_nothing(host: Host) -> None:
    host.up("1")
    code, _, err = host.run("up", "2", "churn:churn-v2")
    assert (code, "the image churn:churn-v2 is neither here nor" in err) == (1, True)
    assert list(host.engine.containers) == ["churn-staging-v1"]
