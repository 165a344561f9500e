"""The judge is alive: a pipeline with one fault is refused, whatever the fault."""

import pytest

from tests.engines.jenkins.pipelines import pipelines, spec
from tests.engines.jenkins.world import Jenkins

# Each replaces one thing in the pipeline that trains; what the documentation says stands behind it.
FAULTS = {
    "unknown section": ("    stages {\n", "    stage_s {\n"),
    "unknown option": ("disableConcurrentBuilds(abortPrevious: false)", "disableConcurrency()"),
    "unknown argument of an option": ("time: 12,", "hours: 12,"),
    "unknown unit": ("'HOURS'", "'FORTNIGHTS'"),
    "unknown trigger": ("        cron(", "        crontab("),
    "no such time zone": ("TZ=Europe/Berlin", "TZ=Europe/Mars"),
    "four fields": ("0 0 1 * *", "0 0 1 *"),
    "unknown parameter kind": ("        choice(", "        select("),
    "no choices": ("choices: ['schedule', '', 'manual', 'drift', 'webhook']", "choices: []"),
    "unknown condition of post": ("        unsuccessful {", "        finally_ {"),
    "empty block": ("        buildDiscarder(logRotator(numToKeepStr: '50'))\n", "        timeout()\n"),
    "a stage twice": ("stage('Keep')", "stage('Train')"),
    "a statement between sections": ("    stages {\n", "    def x = 1\n    stages {\n"),
    "a statement on top": ("pipeline {\n", "def x = 1\npipeline {\n"),
    "a semicolon": ("make 'setup'", "make 'setup';"),
    "a hole that broke out": ("label 'linux'", "label 'linux\n'"),
    "no agent": ("    agent {\n        label 'linux'\n    }\n", ""),
    "a variable that is no text": ("MLOPS_ENV = 'production'", "MLOPS_ENV = 7"),
}
STEPS = {
    "unknown step": ("make 'setup'", "bash 'setup'"),
    "unknown argument of a step": ("returnStatus: true", "returnStatuses: true"),
    "unknown credential": ("credentials('JENKINS_TOKEN')", "credentials('NOBODY')"),
    "unknown property": ("params.TRIGGER", "parameters.TRIGGER"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_form_is_refused(fault: str, jenkins: Jenkins) -> None:
    build = jenkins.build(_with(*FAULTS[fault]), {"retrain": "trained"})
    assert build.story.get("refused") and not build.made


@pytest.mark.parametrize("fault", STEPS)
def test_a_fault_of_a_step_fails_the_build(fault: str, jenkins: Jenkins) -> None:
    build = jenkins.build(_with(*STEPS[fault]), {"retrain": "trained"})
    assert build.result == "FAILURE"


def test_a_step_without_an_agent_fails(jenkins: Jenkins) -> None:
    text = pipelines(spec())["jenkins/deploy.groovy"]
    agent = "            agent {\n                label 'linux'\n            }\n"
    assert agent in text
    build = jenkins.build(text.replace(agent, "", 1))
    assert (build.result, build.made) == ("FAILURE", [])


def _with(right: str, wrong: str) -> str:
    text = pipelines(spec())["jenkins/train.groovy"]
    assert right in text
    return text.replace(right, wrong, 1)


def test_cron_means_either_day_and_jenkins_both(jenkins: Jenkins) -> None:
    written = spec(retraining={"triggers": {"schedule": "0 3 1,15 * 1"}})
    build = jenkins.build(pipelines(written)["jenkins/train.groovy"], {"retrain": "not due"})
    assert build.story["top"]["cron"] == ["0 3 1,15 * *", "0 3 * * 1"]
