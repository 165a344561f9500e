"""The pod of a Job in the stand-in cluster: the controller that was given as a ConfigMap leads the rollout.

Its clock is a virtual one, which each look at the Lease moves on by `pace` seconds (0: to the end). What
it is stopped in the middle of, the next look goes on with, as a new process.
"""

import importlib
import json
import re
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
PATHS = re.compile(r"https://api/apis?/[\w./]+/namespaces/[\w-]+/(\w+)(?:/([\w-]+))?(?:\?.*)?")
KINDS = {
    "leases": "Lease",
    "deployments": "Deployment",
    "virtualservices": "VirtualService",
    "httproutes": "HTTPRoute",
    "inferenceservices": "InferenceService",
}


class StoppedError(BaseException):
    """The time of this look is over."""


class Cluster:
    """The objects of the stand-in, over the calls that the controller makes."""

    def __init__(self, state, there):
        self.state, self.there, self.job = state, there, state["job"]
        self.now = max(time.time(), self.job.get("now", 0.0))
        pace = self.job.get("pace", 0)
        self.end = self.now + pace if pace else float("inf")

    def clock(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds
        if self.now > self.end:
            raise StoppedError

    def http(self, method, url, body, _headers, _timeout):
        if not url.startswith("https://api/"):
            return 200, json.dumps(self.figure(url)).encode()
        found = PATHS.fullmatch(url)
        if method == "POST" or found[1] == "pods":
            return 200, b'{"items": []}'
        key = f"{KINDS[found[1]]}/{found[2]}"
        if key not in self.there:
            return 404, b"{}"
        if method == "GET":
            return 200, json.dumps(self.shown(key)).encode()
        given = json.loads(body)
        wanted = json.loads(json.dumps(self.there[key]))
        if method == "PATCH":
            for each in given:
                if complaint := TOOL.step(wanted, each):
                    return 422, json.dumps({"message": complaint}).encode()
        elif given["metadata"]["resourceVersion"] != wanted["metadata"]["resourceVersion"]:
            return 409, b"{}"
        else:
            wanted = given
        TOOL.store(self.state, self.there, key, wanted)
        return 200, json.dumps(self.there[key]).encode()

    def shown(self, key):
        """Return an object with what its own controller would say of it."""
        found = self.there[key]
        if key.startswith("Deployment/"):
            count = found["spec"].get("replicas", 1)
            image = found["spec"]["template"]["spec"]["containers"][0]["image"]
            there = 0 if image in self.state["sick"] else count
            status = {"updatedReplicas": count, "replicas": count, "availableReplicas": there}
            found = found | {"status": {**status, "observedGeneration": found["metadata"]["generation"]}}
        return TOOL.shown(self.state, found)

    def figure(self, url):
        """Return what Prometheus says of the canary's requests: a thousand in any window."""
        count = 0.0
        if "model_requests_total" in url:
            count = 1000 * self.job.get("errors", 0.0) if "code" in url else self.job.get("requests", 1000)
        result = [{"metric": {}, "value": [self.now, str(count)]}]
        return {"status": "success", "data": {"resultType": "vector", "result": result}}


def main(file, place):
    """Run each Job that has not ended."""
    state = json.loads(Path(file).read_text())
    context, _, namespace = place.partition("/")
    there = state["contexts"][context][namespace]
    for key in [key for key in there if key.startswith("Job/")]:
        if not there[key].get("status") and not state["job"].get("dead"):
            lead(state, there, key)
    Path(file).write_text(json.dumps(state))


def lead(state, there, key):
    pod = there[key]["spec"]["template"]["spec"]
    programs = there[f"ConfigMap/{pod['volumes'][0]['configMap']['name']}"]["data"]
    with tempfile.TemporaryDirectory() as folder:
        for name, text in programs.items():
            Path(folder, name).write_text(text)
        sys.path.insert(0, folder)
        config = json.loads(programs["rollout.json"]) | {"kubernetes": "https://api"}
        cluster = Cluster(state, there)
        try:
            run = importlib.import_module("rollout").run
            code = run(
                config, cluster.clock, cluster.sleep, cluster.http, key.partition("/")[2], lambda _: None
            )
            kind = {0: "Complete", 3: "Failed"}.get(code)
            if kind:
                there[key]["status"] = {
                    "conditions": [{"type": kind, "status": "True", "reason": f"exit {code}"}]
                }
        except StoppedError:
            pass
        state["job"]["now"] = cluster.now


if __name__ == "__main__":
    import os

    os.environ.setdefault("STANDIN", str(Path(sys.argv[1]).parent))
    import kubectl as TOOL

    main(*sys.argv[1:])
