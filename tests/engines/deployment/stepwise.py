"""The repository with a canary in production, and a cluster in which it runs already."""

import copy
import json
from pathlib import Path
from typing import Any

from tests.engines.deployment.world import IMAGE, SPEC, World
from tests.journeys.begin import mlopsc

HERE = "production"
STEPS = "{strategy: canary, provider: istio, steps: [5%, 25%, 50%], hold: 10m}"
JOB = Path(__file__).with_name("job.py")


def spec(provider: str = "istio") -> str:
    """Return the spec with a canary in production alone."""
    own = f"cluster: {{context: prd-eu, namespace: ml}}, deployment: {STEPS.replace('istio', provider)}"
    text = SPEC.replace("cluster: {context: prd-eu, namespace: ml}", own).replace(
        "10%}}", "10%}, traffic: 20/s}"
    )
    return f"{text}connections: {{prometheus: {{url: 'http://prometheus.test:9090'}}}}\n"


def compile_canary(world: World, provider: str = "istio") -> World:
    """Compile the canary; the controller in the cluster is the one that was compiled."""
    (world.root / "mlops.yaml").write_text(spec(provider))
    done = mlopsc(world.root, "compile")
    assert done.code == 0, done.err
    job(world)
    return world


# Both versions write where whoever evaluates can read; what it says is told by a stand-in.
AB_TEST = """\
outcomes: {path: data/outcomes.csv, id: customer_id, value: churned, delay: 7d}
ab_test: {traffic: 20%, for: 14d, metric: accuracy, effect: 5%}
"""
LOOK = """\
import json
import pathlib
import types


def look(config, version, since, now):
    assert config["rollout"]["ab_test"]["share"] == 0.2
    asked = pathlib.Path("asked.json")
    told = json.loads(pathlib.Path("verdict.json").read_text())
    asked.write_text(json.dumps({"version": version, "since": since}))
    return types.SimpleNamespace(verdict=told, reasons=[f"the test says {told}", "a figure"])


def next_look(config, since, now):
    return since + 20 * 86400
"""
SEEN = """\
from ab_look import look


def seen(config, version, since, now):
    return look(config, version, since, now), None
"""


def compile_test(world: World) -> World:
    """Compile a canary that an A/B test follows."""
    text = spec().replace("serving: {", "serving: {prediction_log: {path: 's3://acme/log/'}, ") + AB_TEST
    # Of all environments, but where it is tried first.
    text = text.replace(f", deployment: {STEPS}", "").replace("{strategy: rolling}", STEPS)
    text = text.replace("staging: {}", "staging: {deployment: {strategy: rolling}}")
    (world.root / "mlops.yaml").write_text(text)
    done = mlopsc(world.root, "compile")
    assert done.code == 0, done.err
    (world.root / "ops/ab_look.py").write_text(LOOK)
    (world.root / "ops/ab_seen.py").write_text(SEEN)
    says(world, "running")
    job(world)
    return world


def says(world: World, verdict: str) -> None:
    """Let whoever evaluates the test come to a verdict."""
    (world.root / "verdict.json").write_text(json.dumps(verdict))


def job(world: World, **more: Any) -> None:
    """Say how the controller in the cluster fares."""
    world.change("kubectl", job={"program": str(JOB), **more})


def state(world: World) -> dict[str, Any]:
    """Return where the rollout is, as its Lease says."""
    found: dict[str, Any] = json.loads(
        world.objects()["Lease/churn-rollout"]["metadata"]["annotations"]["mlops/rollout"]
    )
    return found


def image(world: World, track: str = "stable") -> str:
    """Return the image of a track."""
    pod = world.objects()[f"Deployment/churn-{track}"]["spec"]["template"]["spec"]
    return str(pod["containers"][0]["image"]).removeprefix(f"{IMAGE}:")


def weights(world: World) -> list[int]:
    """Return the weights of stable and canary."""
    (route,) = [
        each for each in world.objects()["VirtualService/churn"]["spec"]["http"] if each["name"] == "weighted"
    ]
    return [each["weight"] for each in route["route"]]


def rules(world: World) -> list[str]:
    """Return the rules of the route, in their order."""
    return [each["name"] for each in world.objects()["VirtualService/churn"]["spec"]["http"]]


def replicas(world: World, track: str = "canary") -> int:
    """Return how many pods a track asks for."""
    found: int = world.objects()[f"Deployment/churn-{track}"]["spec"]["replicas"]
    return found


def change(world: World, **objects: Any) -> None:
    """Replace objects in the cluster, or take them away (None)."""
    contexts = copy.deepcopy(world.state("kubectl")["contexts"])
    for key, value in objects.items():
        contexts["prd-eu"]["ml"].pop(key, None)
        if value is not None:
            contexts["prd-eu"]["ml"][key] = value
    world.change("kubectl", contexts=contexts)
