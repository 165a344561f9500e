"""The specs that we show have all that CI can do."""

import json

from tests.trees import ROOT, golden

SPECS = {path.parent.name: path.read_text("utf-8") for path in (ROOT / "specs").glob("*/mlops.yaml")}


def test_one_has_approvals_hooks_and_an_identity_in_the_cloud() -> None:
    texts = {path: data.decode() for path, data in golden("renewals").items()}
    assert all(each in SPECS["renewals"] for each in ("approval: true", "\nhooks:", "aws_role: "))
    assert '"approval": ["production"]' in texts["config/production.json"]
    assert "make secrets-scan" in texts["dvc.yaml"]
    hooks = json.loads(texts["config/production.json"])["hooks"]
    assert hooks["before_deploy"] == "make freeze-check"
    for kind in ("ci", "train", "deploy", "monitor"):
        assert "id-token: write" in texts[f".github/workflows/renewals-{kind}.yml"]


def test_one_is_of_three_models_and_a_house() -> None:
    models = sorted(path.parent.name for path in (ROOT / "specs/monorepo/models").glob("*/mlops.yaml"))
    assert len(models) == 3 and (ROOT / "specs/monorepo/platform/house.yaml").exists()
    files = golden("monorepo")
    assert all(f".github/workflows/{model}-ci.yml" in files for model in models)


def test_one_runs_at_jenkins() -> None:
    assert "provider: jenkins" in SPECS["credit-risk"]
    assert {"Jenkinsfile", "jenkins/train.groovy", "jenkins/deploy.groovy"} <= set(golden("credit-risk"))
