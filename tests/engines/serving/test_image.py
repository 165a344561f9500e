"""The image: judged, really built, and run as it is run in production."""

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest_engines import engine
from tests.engines.containers import images
from tests.engines.containers.podman import Podman
from tests.engines.serving.world import SECONDS, Running, compiled, free_port

ROOT = Path(__file__).parents[3]
DOCKERFILE = ROOT / "templates/serving/serving/Dockerfile"
SPEC = "{inputs: {age: integer, spend: number}, prediction_log: {path: logs/}}"


def test_hadolint_has_nothing_to_say() -> None:
    tool = Path(sys.executable).parent / "hadolint"
    if not tool.exists():
        engine("hadolint")
    done = subprocess.run(
        [tool if tool.exists() else "hadolint", "--no-color", DOCKERFILE],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


def laid_out(root: Path, model: Path) -> Path:
    """Return the context of a build, as the repository's own program lays it out."""
    program = "import sys; sys.path.insert(0, 'ops'); from pathlib import Path\n"
    program += "from build_context import lay_out; lay_out(Path('context'), Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", program, model], cwd=root, check=True)
    return root / "context"


def test_the_context_holds_the_service_and_one_model(tmp_path: Path, sound: Path) -> None:
    context = laid_out(compiled(tmp_path / "churn", SPEC), sound)
    served = {path.name for path in (tmp_path / "churn/serving").iterdir()}
    assert {path.name for path in context.iterdir()} == served | {"model", "model-requirements.txt"}
    assert (context / "model-requirements.txt").read_text() == "scikit-learn==1.9.1\n"
    own = (context / "requirements.txt").read_text()
    names = {line.split("==")[0] for line in own.splitlines() if not line.startswith("#")}
    assert names == {"fastapi", "mlflow-skinny", "pandas", "prometheus-client", "skops", "uvicorn"}


def test_what_the_model_requires_wins(tmp_path: Path, odd: Path) -> None:
    """Its own pandas, and no skops where no file of it needs one."""
    context = laid_out(compiled(tmp_path / "churn", SPEC), odd)
    own = (context / "requirements.txt").read_text()
    assert "pandas" not in own and "\nskops" not in own and "\nmlflow-skinny==" in own
    assert "pandas" in (context / "model-requirements.txt").read_text()


def test_a_folder_that_is_no_model_builds_nothing(tmp_path: Path) -> None:
    root = compiled(tmp_path / "churn", SPEC)
    (root / "other").mkdir()
    call = ["make", "image", f"PYTHON={sys.executable}", "MODEL=other"]
    done = subprocess.run(call, cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, (root / ".mlops/image").exists()) == (2, False)
    assert "'other' is no MLflow model directory: say MODEL=folder" in done.stdout


@pytest.fixture(scope="module")
def podman() -> Iterator[Podman]:
    """Return an engine with the base of the image."""
    found = Podman()
    found.run("import", str(images.base()), images.BASE)
    yield found
    found.close()


def test_the_image_is_built_and_answers_hardened(tmp_path: Path, sound: Path, podman: Podman) -> None:
    """As uid 10001, with a root that nothing writes to, without any capability."""
    root = compiled(tmp_path / "churn", SPEC)
    tag = f"localhost/churn:{uuid.uuid4().hex[:8]}"
    store = ("--storage-driver=vfs", f"--root={podman.folder}/root", f"--runroot={podman.folder}/run")
    images.built(laid_out(root, sound), tag, store)
    service = Running(root, sound, port=free_port())
    logs = tmp_path / "logs"
    logs.mkdir()
    os.chown(logs, 10001, 10001)
    hardened = ("--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--security-opt=no-new-privileges")
    given = {"LISTEN": f"127.0.0.1:{service.port}", "PREDICTION_LOG": "/logs"}
    told = [f"--env={name}={value}" for name, value in given.items()]
    name = tag.rpartition(":")[2]
    how = ("--detach", "--network=host", f"--name={name}", f"--volume={logs}:/logs", *hardened, *told)
    subprocess.run(f"{podman.podman} run {' '.join(how)} {tag}", shell=True, check=True, capture_output=True)
    end = time.monotonic() + SECONDS
    while service.probe() != 200:
        assert time.monotonic() < end, podman.run("logs", name)
        time.sleep(0.2)
    assert service.probe("/healthz") == 200
    code, _, said = service.predict({"age": 70, "spend": 1})
    assert (code, said["predictions"], said["version"]) == (200, [1], "7")
    inside = podman.run("exec", name, "python", "-c", "import os; print(os.getuid(), os.getgid())")
    assert inside.split() == ["10001", "10001"]
    example = (sound / "serving_input_example.json").read_bytes()
    call = [str(podman.docker), "exec", "--interactive", name, "python", "/srv/probe.py", "2"]
    probe = subprocess.run(call, input=example, capture_output=True, check=True)
    assert json.loads(probe.stdout)["failed"] == 0
    packages = podman.run("exec", name, "/opt/venv/bin/pip", "list", "--format=freeze").lower()
    assert not [
        one for one in ("dvc==", "great-expectations==", "mlflow==", "sqlalchemy==") if one in packages
    ]
    podman.run("stop", "--time=20", name)
    assert podman.run("inspect", "--format={{.State.ExitCode}}", name).strip() == "0"
    assert len(list(logs.glob("[!.]*.csv"))) == 1
