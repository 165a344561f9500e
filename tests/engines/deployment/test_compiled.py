"""What a spec with a deployment brings, when it brings nothing, and that make calls it."""

import json
from pathlib import Path

import pytest

from tests.engines.deployment.world import SPEC, World
from tests.engines.loop.compiled import make
from tests.journeys.begin import mlopsc

PROGRAMS = {
    f"{name}.py"
    for name in "applied cluster deploy host image kubectl manifests places release".split()  # noqa: SIM905
}
STEPWISE = {"course", "finish_rollout", "following", "pending", "roll_back", "stepped", "stepwise"}
NOTE = "`serving` is understood"
CANARY = "{strategy: canary, provider: istio, steps: [5%], hold: 10m}"


def compiled(folder: Path, spec: str) -> tuple[set[str], str]:
    """Compile a spec; return its programs of this target, and what was said."""
    (folder / "mlops.yaml").write_text(spec)
    done = mlopsc(folder, "compile")
    assert done.code == 0, done.err
    return PROGRAMS & {path.name for path in (folder / "ops").glob("*.py")}, done.err


def test_every_environment_has_its_own_place(tmp_path: Path) -> None:
    programs, said = compiled(tmp_path, SPEC)
    assert (programs, NOTE in said, "`deployment`" in said) == (PROGRAMS, False, False)
    places = {
        name: json.loads((tmp_path / f"config/{name}.json").read_text())["deployment"]
        for name in ("staging", "production")
    }
    shared = {"image": "ghcr.io/acme/churn", "python": "3.11", "error_rate": 0.1}
    cluster = {"context": "prd-eu", "namespace": "ml"}
    assert places == {"staging": shared, "production": {**shared, "cluster": cluster}}


def test_without_environments_it_is_one_host(tmp_path: Path) -> None:
    programs, _ = compiled(tmp_path, SPEC[: SPEC.index("environments:")])
    config = json.loads((tmp_path / "config/default.json").read_text())
    assert (programs, "cluster" in config["deployment"]) == (PROGRAMS, False)
    assert "LISTEN=127.0.0.1:8080" in (tmp_path / ".env.example").read_text()


def test_a_spec_without_a_deployment_brings_nothing(tmp_path: Path) -> None:
    programs, said = compiled(tmp_path, SPEC.replace("deployment: {strategy: rolling}\n", ""))
    assert (programs, NOTE in said) == (set(), False)
    assert (tmp_path / "ops/image_of_model.py").exists()
    assert "deployment" not in json.loads((tmp_path / "config/production.json").read_text())


@pytest.mark.parametrize(
    ("provider", "more"),
    [
        ("istio", {"canary", "controller", "lease", "led", "traffic"}),
        ("argo-rollouts", {"argo_rollouts", "traffic", "watched"}),
        ("flagger", {"flagger", "watched"}),
        ("kserve, mode: standard", {"controller", "inference", "lease", "led", "trial"}),
    ],
)
def test_steps_bring_what_follows_them_and_their_own_controller_alone(
    tmp_path: Path, provider: str, more: set[str]
) -> None:
    spec = SPEC.replace("deployment: {strategy: rolling}", f"deployment: {CANARY}").replace("istio", provider)
    compiled(tmp_path, spec.replace("staging: {}\n  ", ""))
    there = {path.stem for path in (tmp_path / "ops").glob("*.py")}
    ours = {"canary", "controller", "inference", "lease", "led", "traffic", "trial"}
    every = ours | {"argo_rollouts", "flagger", "watched"}
    assert (there & every, there >= STEPWISE) == (more, True)
    makefile = (tmp_path / "mlops.mk").read_text()
    assert "ops/roll_back.py" in makefile and "finish-rollout:" in makefile


def test_what_replaces_at_once_has_no_steps(tmp_path: Path) -> None:
    compiled(tmp_path, SPEC)
    assert not STEPWISE & {path.stem for path in (tmp_path / "ops").glob("*.py")}
    assert "ops/promote.py --back" in (tmp_path / "mlops.mk").read_text()


def test_make_brings_a_version_into_service_and_back(built: World) -> None:
    path = f"{built.root}/bin:/usr/bin:/bin"
    given = {"MLOPS_ENV": "staging", "VERSION": "2", "PATH": path, **built.variables()}
    for command in ("deploy", "back-out"):
        code, said = make(built.root, command, **given)
        assert code == 0, said
    code, said = make(built.root, "verify", "STRICT=1", **given)
    assert (code, "verify: refused (version 2)" in said) == (2, True)


def test_a_hostile_version_is_text_to_make(built: World) -> None:
    version = "$(shell touch x)`touch x`; touch x"
    code, said = make(built.root, "deploy", MLOPS_ENV="staging", VERSION=version, **built.variables())
    assert (code, "say which version" in said) == (2, True)
    assert not (built.root / "x").exists()
