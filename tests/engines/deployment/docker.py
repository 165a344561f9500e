"""Stands in for docker: keeps images and containers in a file, and knows only the calls that it was made for.

STANDIN is its folder; STANDIN_SOCKET where whatever runs in a container answers; STANDIN_KILL=n,
before or after: at the n-th call that changes something, the whole run is killed.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

FOLDER = Path(os.environ["STANDIN"])
FILE = FOLDER / "docker.json"
CHANGES = ("build", "pull", "create", "start", "stop", "rm", "image rm")


def main(words):
    """Do one call; exit as docker does."""
    state = json.loads(FILE.read_text())
    count = 2 if words[0] in ("buildx", "image") else 1
    name, rest = " ".join(words[:count]).removeprefix("buildx "), words[count:]
    state["calls"].append(words)
    killed = kills(state, name)
    FILE.write_text(json.dumps(state))
    if killed == "before":
        os.killpg(0, signal.SIGKILL)
    code = CALLS[name](state, *options(rest, KNOWN[name]))
    FILE.write_text(json.dumps(state))
    if killed == "after":
        os.killpg(0, signal.SIGKILL)
    return code


def kills(state, name):
    """Say whether the caller dies before or after this call."""
    number, _, when = os.environ.get("STANDIN_KILL", "").partition(",")
    state["changes"] += name in CHANGES
    return when if number and name in CHANGES and state["changes"] == int(number) else ""


def options(words, known):
    """Split a command line into options, as lists by name, and words; an unknown option is an error."""
    found, plain = {}, []
    for word in words:
        if (plain and plain != ["inspect"]) or not word.startswith("-"):
            plain.append(word)
            continue
        name, _, value = word.partition("=")
        if name not in known:
            sys.exit(f"unknown flag: {name}")
        found.setdefault(name, []).append(value)
    return found, plain


def fail(said):
    print(said, file=sys.stderr)
    return 1


def build(state, given, words):
    (context,) = map(Path, words)
    (tag,) = given["--tag"]
    if not (context / "Dockerfile").exists():
        return fail("failed to read dockerfile")
    kept = FOLDER / "contexts" / tag.rpartition(":")[2]
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(context, kept)
    where = "registry" if "--push" in given else "images"
    if ("--push" in given) == ("--load" in given):
        return fail("say --push or --load")
    state[where][tag] = dict(label.split("=", 1) for label in given["--label"])
    Path(given["--metadata-file"][0]).write_text(json.dumps({"containerimage.digest": f"sha256:{tag}"}))
    return 0


def imagetools(state, given, words):
    verb, reference = words
    assert verb == "inspect" and given["--format"] == ["{{.Manifest.Digest}}"]
    if reference not in state["registry"]:
        return fail(f"ERROR: {reference}: not found")
    print(f"sha256:{reference}")
    return 0


def image_inspect(state, _given, words):
    return int(words[0] not in state["images"])


def image_rm(state, _given, words):
    if any(each["Config"]["Image"] == words[0] for each in state["containers"].values()):
        return fail(f"conflict: unable to delete {words[0]}: container is using it")
    state["images"].pop(words[0], None)
    return 0


def pull(state, _given, words):
    (tag,) = words
    if tag not in state["registry"]:
        return fail(f"manifest for {tag} not found: manifest unknown")
    state["images"][tag] = state["registry"][tag]
    return 0


def create(state, given, words):
    (image,), (name,) = words, given["--name"]
    if name in state["containers"]:
        return fail(f"Conflict. The container name /{name} is already in use")
    if image not in state["images"]:
        return fail(f"Unable to find image {image} locally")
    state["clock"] += 1
    state["containers"][name] = {
        "Name": f"/{name}",
        "Created": state["clock"],
        "Config": {"Image": image, "Labels": {**HANDS_OVER, **pairs(given["--label"])}},
        "State": {"Status": "created"},
        "RestartCount": 0,
        "Options": given,
    }
    return 0


# As the Dockerfile labels an image.
HANDS_OVER = {"mlops.handover": "1"}


def pairs(given):
    return dict(each.split("=", 1) for each in given)


def start(state, _given, words):
    container = state["containers"][words[0]]
    sick = container["Config"]["Image"] in state["sick"]
    container["State"]["Status"] = "exited" if sick else "running"
    return 0


def stop(state, _given, words):
    # `-t 30 NAME`
    container = state["containers"][words[-1]]
    if container["State"]["Status"] == "running":
        container["State"]["Status"] = "exited"
    return 0


def remove(state, _given, words):
    if state["containers"][words[0]]["State"]["Status"] == "running":
        return fail("cannot remove container: container is running: stop the container before removing")
    del state["containers"][words[0]]
    return 0


def ps(state, given, words):
    assert not words
    key, value = given["--filter"][0].removeprefix("label=").split("=", 1)
    found = sorted(state["containers"].values(), key=lambda each: -each["Created"])
    for each in found:
        if each["Config"]["Labels"].get(key) == value:
            print(each["Name"].removeprefix("/"))
    return 0


def inspect(state, given, words):
    for name in words:
        print(shown(given["--format"][0], state["containers"][name]))
    return 0


def shown(shape, container):
    """Fill the holes of Go's templates that are known here."""
    labels = container["Config"]["Labels"]
    values = {
        ".Name": container["Name"],
        ".State.Status": container["State"]["Status"],
        ".State.ExitCode": "3" if container["State"]["Status"] == "exited" else "0",
        ".RestartCount": str(container["RestartCount"]),
        ".Config.Image": container["Config"]["Image"],
    }
    named = r'index \.Config\.Labels "(.*?)"'
    values |= {f'index .Config.Labels "{name}"': labels.get(name, "") for name in re.findall(named, shape)}
    return re.sub(r"\{\{(.*?)\}\}", lambda found: values[found[1]], shape)


def logs(_state, _given, words):
    print(f"ValueError: this is {words[-1]}, and it is ill")
    return 0


def execute(state, _given, words):
    container, command = state["containers"][words[0]], words[1:]
    if container["State"]["Status"] != "running":
        return fail(f"container {words[0]} is not running")
    assert command[:2] == ["python", "/srv/probe.py"], command
    probe = FOLDER / "contexts" / container["Config"]["Image"].rpartition(":")[2] / "probe.py"
    env = os.environ | {"OWN_SOCKET": os.environ["STANDIN_SOCKET"]}
    return subprocess.run([sys.executable, "-IS", probe, *command[2:]], env=env, check=False).returncode


CALLS = {
    "build": build,
    "imagetools": imagetools,
    "image inspect": image_inspect,
    "image rm": image_rm,
    "pull": pull,
    "create": create,
    "start": start,
    "stop": stop,
    "rm": remove,
    "ps": ps,
    "inspect": inspect,
    "logs": logs,
    "exec": execute,
}
KNOWN = {
    "build": "--tag --label --build-arg --metadata-file --provenance --cache-from --cache-to --push --load",
    "imagetools": "--format",
    "pull": "--quiet",
    "create": "--name --restart --label --log-driver --network --volume --env --env-file --read-only --tmpfs --cap-drop --security-opt",
    "stop": "-t",
    "ps": "--all --quiet --no-trunc --filter",
    "inspect": "--type --format",
    "logs": "--tail",
    "exec": "--interactive",
}
KNOWN = {name: KNOWN.get(name, "").split() for name in CALLS}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
