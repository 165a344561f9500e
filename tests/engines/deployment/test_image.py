"""A version of the registry becomes an image: the right tag, labels, cache, and nothing of the repository."""

import json
from pathlib import Path

import pytest

from tests.engines.deployment.world import IMAGE, World

TAG = f"{IMAGE}:churn-v2"


def built_with(world: World) -> list[str]:
    """Return the command line of the one build."""
    (call,) = [call for call in world.state("docker")["calls"] if call[:2] == ["buildx", "build"]]
    found: list[str] = call
    return found


def test_a_laptop_keeps_the_image(world: World) -> None:
    report = world.step("image", "2")
    assert (report["verdict"], report["figures"]) == ("done", {"version": 2})
    assert report["results"] == [{"image": TAG, "digest": f"sha256:{TAG}"}]
    call = built_with(world)
    assert {"--load", "--provenance=false", f"--tag={TAG}", "--build-arg=PYTHON=3.11"} < set(call)
    assert not [word for word in call if "cache" in word or word == "--push"]


@pytest.mark.parametrize(
    ("variables", "pushed"), [({"CI": "true"}, 1), ({"PUSH": "1"}, 1), ({"CI": "true", "PUSH": "0"}, 0)]
)
def test_ci_pushes_and_keeps_the_layers(world: World, variables: dict[str, str], pushed: int) -> None:
    world.step("image", "2", **variables)
    cache = f"type=registry,ref={IMAGE}:churn-buildcache"
    flags = {"--push", f"--cache-from={cache}", f"--cache-to={cache},mode=max"}
    assert len(flags & set(built_with(world))) == (3 if pushed else 0)
    assert list(world.state("docker")["registry" if pushed else "images"]) == [TAG]


def test_the_image_says_where_it_comes_from(world: World) -> None:
    world.step("image", "2")
    labels = world.state("docker")["images"][TAG]
    assert labels["org.opencontainers.image.version"] == "2"
    assert len(labels["org.opencontainers.image.revision"]) == 40
    assert labels["org.opencontainers.image.source"] == "https://git.example.com/acme/churn.git"
    assert labels["mlops.model_hash"].endswith(".dir")
    assert "pa55word" not in json.dumps(world.state("docker"))


def test_the_context_holds_the_model_and_nothing_of_the_repository(world: World) -> None:
    world.step("image", "2")
    context = world.root / "standin/contexts/churn-v2"
    names = {path.name for path in (world.root / "serving").iterdir()}
    assert {path.name for path in context.iterdir()} == names | {"model", "model-requirements.txt"}
    assert {"Dockerfile", "launch.py", "probe.py", "service.json"} < names
    assert json.loads((context / "model/cut.json").read_text()) == 41
    assert (context / "model-requirements.txt").read_text() == "scikit-learn==1.9.1\n"
    assert "mlflow-skinny==" in (context / "requirements.txt").read_text()
    assert not (world.root / ".mlops/image").exists()


def test_what_was_pushed_is_never_replaced(world: World) -> None:
    """What is in service has that name."""
    for _ in range(2):
        assert world.step("image", "2", CI="true")["verdict"] == "done"
    assert built_with(world)
    assert "was pushed before" in world.step("image", "2", CI="true")["reasons"][0]


def test_a_laptop_builds_as_often_as_it_likes(world: World) -> None:
    for _ in range(2):
        assert world.step("image", "2")["verdict"] == "done"


def test_step_output_names_the_version(world: World) -> None:
    output = world.root / "output.txt"
    world.step("image", "2", GITHUB_OUTPUT=str(output))
    assert output.read_text() == "verdict=done\nversion=2\n"


@pytest.mark.parametrize(
    ("version", "reason"),
    [
        ("", "say which version: VERSION=7, a whole number"),
        ("7; touch x", "a whole number, not '7; touch x'"),
        ("$(touch x)", "a whole number"),
        ("--push", "a whole number"),
        ("2\n", "a whole number"),
        ("٢", "a whole number"),
        ("-1", "a whole number"),
        ("champion", "a whole number"),
        ("99", "churn has no version 99"),
        ("3", "version 3 of churn did not pass the gate"),
    ],
)
@pytest.mark.parametrize("step", ["image", "deploy"])
def test_only_a_registered_version_that_passed(world: World, step: str, version: str, reason: str) -> None:
    report = world.step(step, version)
    assert (report["verdict"], reason in report["reasons"][0]) == ("error", True), report
    assert world.state("docker")["calls"] == []
    assert not (world.root / "x").exists()


def test_a_model_that_was_changed_in_the_store_is_not_built(world: World, repository: Path) -> None:
    (stored,) = (
        path for path in repository.rglob("mlruns/**/model/cut.json") if json.loads(path.read_text()) == 41
    )
    before = stored.read_text()
    stored.write_text("0")
    try:
        report = world.step("image", "2")
    finally:
        stored.write_text(before)
    assert "is not the one that was registered" in report["reasons"][0]
    assert world.state("docker")["calls"] == []


def test_without_docker_it_says_so(world: World) -> None:
    (world.root / "bin/docker").unlink()
    report = world.step("image", "2", PATH=str(world.root / "bin"))
    assert "docker is not installed here" in report["reasons"][0]
