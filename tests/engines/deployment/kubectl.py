"""Stands in for kubectl: keeps Deployments in a file; a call without a context of its file is an error.

The environment is that of the stand-in for docker.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

FOLDER = Path(os.environ["STANDIN"])
FILE = FOLDER / "kubectl.json"
OPTIONS = "--context --namespace --ignore-not-found --output --type --patch --timeout --stdin --container --kubeconfig"


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
    if given.get("--context") not in state["contexts"]:
        return fail(f'error: context "{given.get("--context")}" does not exist')
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


def get(_state, there, given, words, _inside):
    kind, name = words
    assert (kind, given["--output"]) == ("deployment", "json")
    if name in there:
        print(json.dumps(there[name]))
    elif "--ignore-not-found" not in given:
        return fail(f'Error from server (NotFound): deployments.apps "{name}" not found')
    return 0


def patch(_state, there, given, words, _inside):
    kind, name = words
    assert (kind, given["--type"]) == ("deployment", "strategic")
    change = json.loads(given["--patch"])
    annotations = there[name]["metadata"].setdefault("annotations", {})
    for key, value in change["metadata"]["annotations"].items():
        annotations[key] = value
        if value is None:
            del annotations[key]
    containers = there[name]["spec"]["template"]["spec"]["containers"]
    for wanted in change["spec"]["template"]["spec"]["containers"]:
        next(each for each in containers if each["name"] == wanted["name"]).update(wanted)
    return 0


def rollout(state, there, given, words, _inside):
    verb, what = words
    assert verb == "status" and given["--timeout"]
    container = there[what.removeprefix("deployment/")]["spec"]["template"]["spec"]["containers"][0]
    if container["image"] in state["sick"]:
        return fail('error: deployment "churn" exceeded its progress deadline')
    return 0


def execute(state, there, given, words, inside):
    (what,) = words
    containers = there[what.removeprefix("deployment/")]["spec"]["template"]["spec"]["containers"]
    assert given["--container"] in [each["name"] for each in containers] and "--stdin" in given
    assert inside[:2] == ["python", "/srv/probe.py"], inside
    env = os.environ | {"PORT": os.environ["STANDIN_PORT"]}
    probe = FOLDER.parent / "ops" / "probe.py"
    return subprocess.run([sys.executable, "-IS", probe, *inside[2:]], env=env, check=False).returncode


CALLS = {"get": get, "patch": patch, "rollout": rollout, "exec": execute}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
