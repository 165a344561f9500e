"""The controllers of Argo Rollouts and Flagger in the stand-in cluster: each look at their object is one reconciliation.

What they write is what tests/engines/providers/{argo,flagger}.py cite, and besides:
- a new pod template sets an abort and a full promotion back (argo-rollouts, rollout/sync.go, resetRolloutStatus)
- a failed Canary goes on writing what it sees, a promoted template is no news, skipAnalysis promotes at a tick
  (flagger, pkg/controller/scheduler.go, shouldAdvance, shouldSkipAnalysis; pkg/canary/spec.go, hasSpecChanged)
"""

import hashlib
import json

HASH, NAME = "rollouts-pod-template-hash", "app.kubernetes.io/name"
FAILED = 'Metric "errors" assessed Failed due to failed (1) > failureLimit (0)'


def look(how, there):
    """Reconcile once: `away` is a controller that is not there, `held` is at its first share, `bad` are images."""
    if not how.get("away"):
        for key, act in (("Rollout/churn", argo), ("Canary/churn", flagger)):
            if key in there:
                act(how, there, there[key])


def digest(template):
    return hashlib.sha256(json.dumps(template, sort_keys=True).encode()).hexdigest()[:10]


def image(template):
    return template["spec"]["containers"][0]["image"]


def weigh(there, weight):
    """Give the canary its part; the first target is stable's."""
    first, second = there["VirtualService/churn"]["spec"]["http"][0]["route"]
    first["weight"], second["weight"] = 100 - weight, weight


def argo(how, there, rollout):
    template, status = rollout["spec"]["template"], rollout.setdefault("status", {})
    now, steps = digest(template), rollout["spec"]["strategy"]["canary"]["steps"]
    if status.get("currentPodHash") != now:
        labels = {NAME: "churn", HASH: now}
        made = {"metadata": {"name": f"churn-{now}", "labels": labels}, "spec": {"template": template}}
        there[f"ReplicaSet/churn-{now}"] = json.loads(json.dumps(made))
        status |= {"currentPodHash": now, "currentStepIndex": 0, "phase": "Progressing"}
        status |= {"abort": False, "promoteFull": False, "message": "more replicas need to be updated"}
    elif not status.get("stableRS") or status["promoteFull"] or now == status["stableRS"]:
        stable(there, status, now)
    elif status["abort"]:
        aborted(there, status, "RolloutAborted: Rollout aborted update to revision 2")
    elif share(status) and image(template) in how.get("bad", ()):
        status["abort"] = True
        aborted(there, status, f"RolloutAborted: Rollout aborted update to revision 2: {FAILED}")
    elif not (share(status) and how.get("held")):
        onward(there, status, now, steps)
    if status.get("stableRS") == now:
        status |= {"phase": "Healthy", "message": ""}
    status["observedGeneration"] = str(rollout["metadata"]["generation"])


def share(status):
    return status.get("canary", {}).get("weights", {}).get("canary", {}).get("weight", 0)


def shift(there, status, weight):
    weights = {"canary": {"weight": weight}, "stable": {"weight": 100 - weight}}
    status["canary"] = {"weights": weights, "currentStepAnalysisRunStatus": {"status": "Running"}}
    weigh(there, weight)


def stable(there, status, now):
    status |= {"stableRS": now, "promoteFull": False}
    shift(there, status, 0)


def aborted(there, status, message):
    status |= {"phase": "Degraded", "message": message, "currentStepIndex": 0}
    shift(there, status, 0)


def onward(there, status, now, steps):
    """Go on to the next share, or to the end."""
    for index in range(status["currentStepIndex"], len(steps)):
        status["currentStepIndex"] = index + 1
        if "setWeight" in steps[index]:
            shift(there, status, steps[index]["setWeight"])
            return
    stable(there, status, now)


def flagger(how, there, canary):
    target, status = there["Deployment/churn"], canary.setdefault("status", {})
    now, phase = digest(target["spec"]["template"]), status.get("phase", "")
    if phase == "":
        begin(there, target)
        status |= {"phase": "Initializing"}
    elif phase == "Initializing":
        status |= {"phase": "Initialized", "lastAppliedSpec": now, "lastPromotedSpec": now}
    elif phase in ("Initialized", "Succeeded", "Failed"):
        changed = now not in (status["lastAppliedSpec"], status["lastPromotedSpec"])
        if changed:
            status |= {"phase": "Progressing", "failedChecks": 0, "canaryWeight": 0}
        if changed or phase == "Failed":
            status["lastAppliedSpec"] = now
    elif phase == "Progressing":
        progress(how, there, canary, target)
    elif phase == "Promoting":
        route(there, status, 0)
        status["phase"] = "Finalising"
    else:
        status |= {"phase": "Succeeded", "lastPromotedSpec": now}


def begin(there, target):
    """Make what Flagger makes."""
    made = json.loads(json.dumps(target))
    made["metadata"] |= {"name": "churn-primary", "labels": {NAME: "churn-primary"}, "generation": 0}
    there["Deployment/churn-primary"] = made
    promote(there, target)
    targets = [{"destination": {"host": f"churn-{each}"}, "weight": 0} for each in ("primary", "canary")]
    route = {"kind": "VirtualService", "metadata": {"name": "churn"}, "spec": {"http": [{"route": targets}]}}
    there["VirtualService/churn"] = route
    weigh(there, 0)


def promote(there, target):
    """Copy the template; its pods are there at once."""
    copy = there["Deployment/churn-primary"]
    copy["spec"]["template"] = json.loads(json.dumps(target["spec"]["template"]))
    copy["spec"]["replicas"] = 2
    copy["metadata"]["generation"] += 1
    seen = copy["metadata"]["generation"]
    copy["status"] = {"observedGeneration": seen, "updatedReplicas": 2, "availableReplicas": 2}


def route(there, status, weight):
    status["canaryWeight"] = weight
    weigh(there, weight)


def progress(how, there, canary, target):
    status, analysis = canary["status"], canary["spec"]["analysis"]
    left = [each for each in analysis["stepWeights"] if each > status["canaryWeight"]]
    if canary["spec"].get("skipAnalysis"):
        promote(there, target)
        route(there, status, 0)
        status |= {"phase": "Succeeded", "lastPromotedSpec": digest(target["spec"]["template"])}
    elif status["failedChecks"] >= analysis["threshold"]:
        route(there, status, 0)
        told = "Canary analysis failed, Deployment scaled to zero."
        status |= {"phase": "Failed", "conditions": [{"type": "Promoted", "message": told}]}
    elif status["canaryWeight"] and image(target["spec"]["template"]) in how.get("bad", ()):
        status["failedChecks"] += 1
    elif left and not (status["canaryWeight"] and how.get("held")):
        route(there, status, left[0])
    elif not left:
        promote(there, target)
        status["phase"] = "Promoting"
