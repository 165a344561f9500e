"""Stands in for kubectl: keeps objects in a file; a call without a context of its file is an error.

The environment is that of the stand-in for docker; STANDIN_KUBECTL is the real one, which builds overlays.
"""

import hashlib
import importlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

FOLDER = Path(os.environ["STANDIN"])
FILE = FOLDER / "kubectl.json"
OPTIONS = (
    "--context --namespace --ignore-not-found --output --type --patch --timeout --stdin --container --kubeconfig "
    "--verbs --server-side --force-conflicts --field-manager --filename --validate --show-managed-fields --selector "
    "--replicas --overwrite --subresource --field-selector"
)
# Resources by the words that name them; of all others the word is the kind.
KINDS = {
    "virtualservices.networking.istio.io": "virtualservice",
    "httproutes.gateway.networking.k8s.io": "httproute",
    "destinationrules.networking.istio.io": "destinationrule",
    "rollouts.argoproj.io": "rollout",
    "canaries.flagger.app": "canary",
    "inferenceservices.serving.kserve.io": "inferenceservice",
}
# Each look at one of these lets the controllers in the cluster do their part.
LOOKED = ("lease", "rollouts.argoproj.io", "canaries.flagger.app")


def main(words):
    """Do one call; exit as kubectl does."""
    state = json.loads(FILE.read_text())
    given, plain, inside = options(words)
    state["calls"].append(words)
    number, _, when = os.environ.get("STANDIN_KILL", "").partition(",")
    state["seen"] += 1
    dies = number and state["seen"] == int(number)
    FILE.write_text(json.dumps(state))
    if dies and when == "before":
        os.kill(os.getppid(), signal.SIGKILL)
        return 1
    if file := given.get("--kubeconfig"):
        state["access"] = [Path(file).read_text(), oct(Path(file).stat().st_mode & 0o777), file]
        FILE.write_text(json.dumps(state))
    if plain[0] in OFFLINE:
        code = OFFLINE[plain[0]](state, plain[1:])
    elif given.get("--context") not in state["contexts"]:
        return fail(f'error: context "{given.get("--context")}" does not exist')
    else:
        there = state["contexts"][given["--context"]].setdefault(given["--namespace"], {})
        code = CALLS[plain[0]](state, there, given, plain[1:], inside)
    FILE.write_text(json.dumps(state))
    if dies:
        os.kill(os.getppid(), signal.SIGKILL)
    return code


def options(words):
    """Split a command line into options, words, and what stands after `--`."""
    cut = words.index("--") if "--" in words else len(words)
    given = dict(word.partition("=")[::2] for word in words[:cut] if word.startswith("-"))
    if unknown := set(given) - set(OPTIONS.split()):
        sys.exit(f"error: unknown flag: {', '.join(unknown)}")
    return given, [word for word in words[:cut] if not word.startswith("-")], words[cut + 1 :]


def fail(said):
    print(said, file=sys.stderr)
    return 1


def kustomize(_state, words):
    """Let the real one build an overlay, once for what stands in it: each start of it costs as much as a deploy."""
    (folder,) = words
    content = b"".join(path.read_bytes() for path in sorted(Path(folder).parents[1].rglob("*.yaml")))
    built = FOLDER / f"{Path(folder).name}-{hashlib.sha256(content).hexdigest()}.yaml"
    if not built.exists():
        done = subprocess.run(
            [os.environ["STANDIN_KUBECTL"], "kustomize", folder], capture_output=True, check=False
        )
        if done.returncode:
            return fail(done.stderr.decode())
        built.write_bytes(done.stdout)
    print(built.read_text(), end="")
    return 0


def config(state, words):
    assert words == ["get-contexts"]
    print("\n".join(state["contexts"]))
    return 0


def key_of(there, kind, name):
    """Return the key of an object, whether it is there or not."""
    wanted = f"{KINDS.get(kind, kind)}/{name}".lower()
    return next((key for key in there if key.lower() == wanted), None)


def store(state, there, key, found):
    """Keep an object with a version of its own, and a generation of its own where what is asked for changed."""
    before = there.get(key, {})
    state["version"] = state.get("version", 100) + 1
    changed = before.get("spec") != found.get("spec")
    generation = before.get("metadata", {}).get("generation", 0) + changed
    found["metadata"] |= {"resourceVersion": str(state["version"]), "generation": generation}
    there[key] = found


def get(state, there, given, words, _inside):
    if words == ["pods"] and given["--output"] == "wide":
        assert given["--selector"]
        print("churn-5d4f8 0/1 CrashLoopBackOff")
        return 0
    if words == ["pods"] and given["--output"] == "name":
        print("pod/churn-5d4f8")
        return 0
    assert given["--output"] == "json"
    if len(words) == 1:
        print(json.dumps({"items": listed(state, there, given, words[0])}))
        return 0
    if words[0] in LOOKED:
        work(state, there)
    if found := there.get(key_of(there, *words)):
        print(json.dumps(shown(state, found)))
    elif "--ignore-not-found" not in given:
        return fail(f'Error from server (NotFound): {words[0]} "{words[1]}" not found')
    return 0


def shown(state, found):
    """Return an object with what KServe would say of it: what is sick never becomes ready."""
    if found.get("kind") != "InferenceService":
        return found
    predictor, generation = found["spec"]["predictor"], found["metadata"]["generation"]
    well = predictor["containers"][0]["image"] not in state["sick"]
    latest = f"churn-{generation}"
    told = {"latestCreatedRevision": latest, "latestReadyRevision": latest if well else "churn-0"}
    trials = [each["predictor"] for each in found["spec"].get("canary", [])]
    sound = [each["containers"][0]["image"] not in state["sick"] for each in trials]
    kinds = {"Ready": well and all(sound), "PredictorReady": well, "CanaryReady": all(sound)}
    status = {
        "observedGeneration": generation,
        "components": {"predictor": told},
        "conditions": [{"type": kind, "status": str(ready)} for kind, ready in kinds.items()],
        "canaryStatuses": [
            {"name": each["name"], "ready": ready} for each, ready in zip(trials, sound, strict=True)
        ],
    }
    return found | {"status": status}


def pods_of(there, name):
    """Return the pods of an InferenceService: one that is about to go, one of another version, and the right one."""
    key = f"InferenceService/{name}"
    serving = there[key]["spec"]["predictor"]["containers"][0] | {"image": image_of(there[key])}
    revision = {"serving.knative.dev/revision": f"churn-{there[key]['metadata']['generation']}"}
    if "Knative" not in there[key]["metadata"].get("annotations", {}).values():
        revision = {}
    else:
        # There the digest stands in the place of the tag.
        serving["image"] = "ghcr.io/acme/churn@sha256:00"
    going = {"name": "going", "labels": revision, "deletionTimestamp": "2026-01-01T00:00:00Z"}
    other = {"containers": [serving | {"image": "other"}]}
    return [
        {"metadata": going, "spec": {"containers": [serving]}},
        {"metadata": {"name": "other", "labels": {}}, "spec": other},
        {"metadata": {"name": f"{name}-predictor", "labels": revision}, "spec": {"containers": [serving]}},
    ]


def image_of(found):
    return found["spec"]["predictor"]["containers"][0]["image"]


def listed(state, there, given, kind):
    service, _, name = given.get("--selector", "").partition("=")
    if (kind, service) == ("pods", "serving.kserve.io/inferenceservice"):
        return pods_of(there, name)
    if kind in ("pods", "events"):
        return state.get("shown", {}).get(kind, [])
    kinds = kind.removesuffix("s").split(",")
    names = dict(each.split("=") for each in given["--selector"].split(","))
    found = [each for key, each in there.items() if key.partition("/")[0].lower() in kinds]
    return [each for each in found if names.items() <= each["metadata"].get("labels", {}).items()]


def apply(state, there, given, words, _inside):
    assert not words and "--server-side" in given and given["--filename"] == "-"
    manager = given["--field-manager"]
    for each in json.load(sys.stdin)["items"]:
        key = f"{each['kind']}/{each['metadata']['name']}"
        assert each["metadata"].get("namespace", given["--namespace"]) == given["--namespace"]
        before = there.get(key, {})
        managers = before.get("metadata", {}).get("managedFields", [])
        owned = [one for one in managers if one["manager"] != manager]
        if "replicas" in each["spec"] if key.startswith("Deployment/") else False:
            owned.append({"manager": manager, "fieldsV1": {"f:spec": {"f:replicas": {}}}})
        if key.startswith("Deployment/"):
            # What nobody owns any more falls back to its default.
            kept = before.get("spec", {}).get("replicas", 1) if owned or not managers else 1
            each["spec"].setdefault("replicas", kept)
        retained(before, each)
        if manager == "mlops":
            if each["kind"] == "InferenceService" and before:
                stays(before, each)
            each["metadata"]["managedFields"] = owned
            store(state, there, key, each)
        else:
            before["spec"].update(each["spec"])
            before["metadata"]["managedFields"] = owned
    work(state, there)
    return 0


def stays(before, each):
    """Keep what others have set and the manifests do not name."""
    each["spec"] |= {key: value for key, value in before["spec"].items() if key == "canary"}
    ours = ("name", "canaryTrafficPercent")
    each["spec"]["predictor"] |= {
        key: value for key, value in before["spec"]["predictor"].items() if key in ours
    }


def retained(before, each):
    """Keep the status, and what a patch has written and nobody names."""
    if "status" in before:
        each["status"] = before["status"]
    if others := before.get("metadata", {}).get("others"):
        annotations = each["metadata"].setdefault("annotations", {})
        each["metadata"]["others"] = {name: text for name, text in others.items() if name not in annotations}
        annotations |= each["metadata"]["others"]
    if each["kind"] == "Canary":
        each["spec"] = before.get("spec", {}) | each["spec"]


def written(state, there, given, words, verb):
    """Create or replace, as the version of what was read allows it."""
    assert not words and given["--filename"] == "-"
    for each in json.load(sys.stdin)["items"]:
        key = f"{each['kind']}/{each['metadata']['name']}"
        if verb == "create" and key in there:
            return fail(f"Error from server (AlreadyExists): {key} already exists")
        if verb == "replace" and each["metadata"].get("resourceVersion") != resource_version(there, key):
            return fail("Error from server (Conflict): the object has been modified")
        store(state, there, key, each)
    return 0


def resource_version(there, key):
    return there[key]["metadata"]["resourceVersion"]


def create(state, there, given, words, _inside):
    return written(state, there, given, words, "create")


def replace(state, there, given, words, _inside):
    return written(state, there, given, words, "replace")


def annotate(state, there, given, words, _inside):
    assert "--overwrite" in given
    found = json.loads(json.dumps(there[key_of(there, *words[:2])]))
    found["metadata"].setdefault("annotations", {}).update(word.split("=", 1) for word in words[2:])
    store(state, there, key_of(there, *words[:2]), found)
    return 0


def scale(state, there, given, words, _inside):
    found = json.loads(json.dumps(there[key_of(there, *words)]))
    found["spec"]["replicas"] = int(given["--replicas"])
    store(state, there, key_of(there, *words), found)
    return 0


def delete(_state, there, given, words, _inside):
    assert "--ignore-not-found" in given
    if "." in words[0] and words[0].partition(".")[2] != "networking.istio.io":
        return fail(f"error: the server doesn't have a resource type {words[0]}")
    there.pop(key_of(there, *words), None)
    return 0


def patch(state, there, given, words, _inside):
    if complaint := state.pop("once", {}).get("patch"):
        return fail(f"The request is invalid: {complaint}")
    key, change = key_of(there, *words), json.loads(given["--patch"])
    found = json.loads(json.dumps(there[key]))
    if given["--type"] == "json":
        for each in change:
            if complaint := step(found, each):
                return fail(complaint)
    elif given["--type"] == "merge":
        merge(found, change)
        if annotations := change.get("metadata", {}).get("annotations"):
            found["metadata"].setdefault("others", {}).update(annotations)
    else:
        strategic(found, change)
    store(state, there, key, found)
    if given.get("--output") == "json":
        print(json.dumps(found))
    return 0


def step(found, each):
    """Do one step of a JSON patch; return what is wrong with it."""
    *places, last = [part.replace("~1", "/") for part in each["path"].split("/")[1:]]
    for place in places:
        found = found[int(place) if isinstance(found, list) else place]
    last = int(last) if isinstance(found, list) else last
    if each["op"] == "test":
        return "" if found[last] == each["value"] else f"testing value {each['path']} failed"
    if each["op"] == "remove":
        del found[last]
    elif each["op"] == "add" and isinstance(found, list):
        found.insert(last, each["value"])
    else:
        assert each["op"] == "add" or last in found
        found[last] = each["value"]
    return ""


def merge(found, change):
    for key, value in change.items():
        if isinstance(value, dict):
            merge(found.setdefault(key, {}), value)
        else:
            found[key] = value


def strategic(found, change):
    annotations = found["metadata"].setdefault("annotations", {})
    for key, value in change.get("metadata", {}).get("annotations", {}).items():
        annotations[key] = value
        if value is None:
            del annotations[key]
    containers = found["spec"]["template"]["spec"]["containers"]
    for wanted in change["spec"]["template"]["spec"]["containers"]:
        next(each for each in containers if each["name"] == wanted["name"]).update(wanted)


def rollout(state, there, given, words, _inside):
    verb, what = words
    assert verb == "status" and given["--timeout"]
    pod = there[what.replace("deployment/", "Deployment/")]["spec"]["template"]["spec"]
    if pod["containers"][0]["image"] in state["sick"] or pod.get("priorityClassName") in state["sick"]:
        return fail('error: deployment "churn" exceeded its progress deadline')
    return 0


def work(state, there):
    """Let the controllers in the cluster do their part: that of a rollout is the one that was given."""
    if "theirs" in state:
        sys.path.insert(0, state["theirs"]["folder"])
        importlib.import_module("theirs").look(state["theirs"], there)
    if any(key.startswith("Job/") for key in there) and state.get("job"):
        FILE.write_text(json.dumps(state))
        place = next(
            f"{context}/{name}"
            for context, each in state["contexts"].items()
            for name in each
            if each[name] is there
        )
        done = subprocess.run([sys.executable, "-IS", state["job"]["program"], FILE, place], check=False)
        assert done.returncode == 0
        new = json.loads(FILE.read_text())
        state |= new
        context, _, name = place.partition("/")
        there.clear()
        there.update(new["contexts"][context][name])
        state["contexts"][context][name] = there


def execute(state, there, given, words, inside):
    (what,) = words
    if what.startswith("deployment/"):
        containers = there[what.replace("deployment/", "Deployment/")]["spec"]["template"]["spec"][
            "containers"
        ]
    else:
        # Of the pods of an InferenceService, the one that serves.
        assert what in ("pod/churn-5d4f8", "churn-predictor"), what
        containers = [{"name": "kserve-container" if what == "churn-predictor" else "churn"}]
    assert given["--container"] in [each["name"] for each in containers] and "--stdin" in given
    assert inside[:2] == ["python", "/srv/probe.py"], inside
    env = os.environ | {"OWN_SOCKET": os.environ["STANDIN_SOCKET"]}
    probe = FOLDER.parent / "serving" / "probe.py"
    return subprocess.run([sys.executable, "-IS", probe, *inside[2:]], env=env, check=False).returncode


def api_resources(_state, _there, given, _words, _inside):
    """Tell what the cluster knows: Istio is installed, the Gateway API is not."""
    assert given["--output"] == "name"
    print("deployments.apps\nvirtualservices.networking.istio.io\ndestinationrules.networking.istio.io")
    return 0


OFFLINE = {"kustomize": kustomize, "config": config}
CALLS = {
    "api-resources": api_resources,
    "get": get,
    "apply": apply,
    "create": create,
    "replace": replace,
    "annotate": annotate,
    "scale": scale,
    "delete": delete,
    "patch": patch,
    "rollout": rollout,
    "exec": execute,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
