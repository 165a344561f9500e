"""What a spec with a deployment brings, when it brings nothing, and that make calls it."""

import json
from pathlib import Path

import pytest

from tests.engines.deployment.world import SPEC, World
from tests.engines.loop.compiled import make
from tests.journeys.begin import mlopsc

PROGRAMS = {
    f"{name}.py" for name in ("cluster", "deploy", "host", "image", "kubectl", "manifests", "release")
}
NOTE = "`serving` is understood"
CANARY = "{strategy: canary, provider: istio, steps: [5%], hold: 10m}"
KUBERNETES = "{cluster: {context: stg-eu}}"


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


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("deployment: {strategy: rolling}", f"deployment: {CANARY}"),
        (
            "{cluster: {context: prd-eu, namespace: ml}}",
            f"{{cluster: {{context: prd-eu}}, deployment: {CANARY}}}",
        ),
        ("deployment: {strategy: rolling}\n", ""),
    ],
)
def test_what_this_target_cannot_do_brings_nothing(tmp_path: Path, old: str, new: str) -> None:
    assert old in SPEC
    programs, said = compiled(
        tmp_path, SPEC.replace(old, new).replace("staging: {}", f"staging: {KUBERNETES}")
    )
    assert (programs, NOTE in said) == (set(), False)
    assert (tmp_path / "ops/image_of_model.py").exists()
    assert "deployment" not in json.loads((tmp_path / "config/production.json").read_text())
    noted = "`deployment` is understood" in said or "`deployment` are understood" in said
    assert noted == ("deployment:" in new)


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
