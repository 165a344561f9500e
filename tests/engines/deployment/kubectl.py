"""Stands in for kubectl: keeps objects in a file; a call without a context of its file is an error.

The environment is that of the stand-in for docker; STANDIN_KUBECTL is the real one, which builds overlays.
"""

import hashlib
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
    "--server-side --force-conflicts --field-manager --filename --validate --show-managed-fields --selector"
)


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


def get(_state, there, given, words, _inside):
    if words == ["pods"]:
        assert given["--output"] == "wide" and given["--selector"]
        print("churn-5d4f8 0/1 CrashLoopBackOff")
        return 0
    assert given["--output"] == "json"
    if words[0] != "deployment":
        kinds = words[0].split(",")
        names = dict(each.split("=") for each in given["--selector"].split(","))
        found = [each for key, each in there.items() if key.partition("/")[0].lower() in kinds]
        chosen = [each for each in found if names.items() <= each["metadata"].get("labels", {}).items()]
        print(json.dumps({"items": chosen}))
    elif found := there.get(f"Deployment/{words[1]}"):
        print(json.dumps(found))
    elif "--ignore-not-found" not in given:
        return fail(f'Error from server (NotFound): deployments.apps "{words[1]}" not found')
    return 0


def apply(_state, there, given, words, _inside):
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
        if manager == "mlops":
            there[key] = each
        else:
            before["spec"].update(each["spec"])
        there[key]["metadata"]["managedFields"] = owned
    return 0


def delete(_state, there, given, words, _inside):
    assert "--ignore-not-found" in given
    (key,) = [key for key in there if key.lower() == f"{words[0]}/{words[1]}".lower()]
    del there[key]
    return 0


def patch(_state, there, given, words, _inside):
    kind, name = words
    assert kind == "deployment"
    found, change = there[f"Deployment/{name}"], json.loads(given["--patch"])
    if given["--type"] == "json":
        for each in change:
            if each["op"] == "remove":
                assert each["path"] == "/metadata/annotations/mlops~1before"
                del found["metadata"]["annotations"]["mlops/before"]
            else:
                assert (each["op"], each["path"]) == ("replace", "/spec/template")
                found["spec"]["template"] = each["value"]
        return 0
    assert given["--type"] == "strategic"
    annotations = found["metadata"].setdefault("annotations", {})
    for key, value in change["metadata"]["annotations"].items():
        annotations[key] = value
        if value is None:
            del annotations[key]
    containers = found["spec"]["template"]["spec"]["containers"]
    for wanted in change["spec"]["template"]["spec"]["containers"]:
        next(each for each in containers if each["name"] == wanted["name"]).update(wanted)
    return 0


def rollout(state, there, given, words, _inside):
    verb, what = words
    assert verb == "status" and given["--timeout"]
    pod = there[what.replace("deployment/", "Deployment/")]["spec"]["template"]["spec"]
    if pod["containers"][0]["image"] in state["sick"] or pod.get("priorityClassName") in state["sick"]:
        return fail('error: deployment "churn" exceeded its progress deadline')
    return 0


def execute(state, there, given, words, inside):
    (what,) = words
    containers = there[what.replace("deployment/", "Deployment/")]["spec"]["template"]["spec"]["containers"]
    assert given["--container"] in [each["name"] for each in containers] and "--stdin" in given
    assert inside[:2] == ["python", "/srv/probe.py"], inside
    env = os.environ | {"OWN_SOCKET": os.environ["STANDIN_SOCKET"]}
    probe = FOLDER.parent / "serving" / "probe.py"
    return subprocess.run([sys.executable, "-IS", probe, *inside[2:]], env=env, check=False).returncode


OFFLINE = {"kustomize": kustomize, "config": config}
CALLS = {"get": get, "apply": apply, "delete": delete, "patch": patch, "rollout": rollout, "exec": execute}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
