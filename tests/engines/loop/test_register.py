"""Registering: once per model, with all that made it; the gate moves the candidate and nothing else."""

import json
from pathlib import Path

import pytest

from tests.engines.loop.project import Project, rows

GOOD, BETTER, WORSE = 45, 41, 65


def promoted(project: Project, cut: float) -> None:
    """Make a model the champion."""
    project.model(cut)
    assert project.step("register")["verdict"] == "passed"
    assert project.step("promote")["verdict"] == "promoted"


def test_the_first_version_passes_by_thresholds_alone(project: Project) -> None:
    project.model(GOOD)
    report = project.step("register")
    assert (report["verdict"], report["figures"]["version"]) == ("passed", 1)
    assert report["reasons"][0] == "there is no champion yet: thresholds alone"
    assert project.aliases() == {"candidate": "1"}


def test_registering_twice_makes_one_version(project: Project) -> None:
    project.model(GOOD)
    project.step("register")
    assert project.step("register")["verdict"] == "passed"
    assert len(project.versions()) == 1
    project.step("promote")
    assert project.step("register")["reasons"] == ["version 1 is the champion already"]
    assert project.aliases() == {"champion": "1"}


def test_a_worse_model_is_refused_by_how_much(project: Project) -> None:
    promoted(project, GOOD)
    old = json.loads(Path("metrics.json").read_text())["accuracy"]
    project.model(WORSE)
    new = json.loads(Path("metrics.json").read_text())["accuracy"]
    report = project.step("register")
    assert report["verdict"] == "refused"
    assert f"worse by {old - new:.4g} against the champion's {old:.4g}" in report["reasons"][-1]
    assert project.aliases() == {"champion": "1"}
    assert [version.tags["mlops.gate"] for version in project.versions()] == ["passed", "refused"]
    assert project.step("promote", "--version", "2")["verdict"] == "refused"
    assert project.aliases() == {"champion": "1"}


def test_a_better_model_becomes_candidate_and_the_champion_stays(project: Project) -> None:
    promoted(project, GOOD)
    project.model(BETTER)
    assert project.step("register")["verdict"] == "passed"
    assert project.aliases() == {"champion": "1", "candidate": "2"}


def test_the_champion_is_scored_on_the_candidates_data(project: Project) -> None:
    promoted(project, GOOD)
    # On these people the champion is right half as often as its recorded figure says.
    project.write("data/customers.csv", "customer_id,age,spend,churned\n1,43,1,1\n2,70,1,1\n")
    project.model(BETTER)
    (ruling,) = [result for result in project.step("register")["results"] if "champion" in result]
    assert (ruling["champion"], ruling["value"], ruling["n"]) == (0.5, 1.0, 2)
    assert json.loads(Path("metrics.json").read_text())["accuracy"] == 1.0


def test_a_champion_that_is_suddenly_much_better_is_asked_about(project: Project) -> None:
    project.model(GOOD)
    project.step("register")
    project.step("promote")
    # All rows now are of those whom the champion knows.
    lines = Path("data/customers.csv").read_text().splitlines()
    cut = float(json.loads(Path("models/model/cut.json").read_text()))
    known = [line for line in lines[1:] if (float(line.split(",")[1]) > cut) == (line.split(",")[3] == "1")]
    project.write("data/customers.csv", "\n".join([lines[0], *known]) + "\n")
    project.model(BETTER)
    assert any("has it learned from these rows?" in line for line in project.step("register")["reasons"])


def test_blocked_data_makes_no_candidate(project: Project) -> None:
    project.model(GOOD)
    project.write(
        "reports/validate.json", json.dumps({"verdict": "blocked", "figures": {}, "reasons": ["age"]})
    )
    report = project.step("register")
    assert (report["verdict"], report["reasons"]) == ("refused", ["its data is blocked by the validation"])
    assert project.aliases() == {}


def test_also_a_command_that_does_not_know_mlops_model_scores_the_champion(project: Project) -> None:
    code = Path("src/evaluate.py").read_text().replace('os.environ.get("MLOPS_MODEL")', "None")
    project.write("src/evaluate.py", code)
    test_the_champion_is_scored_on_the_candidates_data(project)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise SystemExit(1)", "exit code 1"),
        ("pass", "metrics.json"),
        ("import sys; open(sys.argv[0].replace(sys.argv[0], {real!r}), 'w').write('{{}}')", "absolute path"),
    ],
)
def test_a_champion_that_cannot_be_scored_counts_with_its_recorded_figures(
    project: Project, code: str, said: str
) -> None:
    promoted(project, GOOD)
    project.model(BETTER)
    before = Path("metrics.json").read_bytes()
    project.write("src/evaluate.py", code.format(real=str(project.root / "metrics.json")))
    report = project.step("register")
    assert report["verdict"] == "passed"
    assert "champion 1 could not be scored" in report["reasons"][0]
    assert said in report["reasons"][0]
    assert "its recorded figures count" in report["reasons"][0]
    assert Path("metrics.json").read_bytes() == before


@pytest.mark.parametrize("figure", ["NaN", '"NaN"', "Infinity", "null"])
def test_nan_never_passes(project: Project, figure: str) -> None:
    project.model(GOOD)
    project.write("metrics.json", f'{{"accuracy": {figure}}}')
    report = project.step("register")
    assert (report["verdict"], report["reasons"][-1]) == ("refused", "accuracy is not a number")
    assert project.aliases() == {}


def test_the_run_holds_what_made_the_model(project: Project) -> None:
    commit = project.commit()
    project.write("reports/validated.json", '{"verdict": "warned", "figures": {"rows": 400}}')
    project.model(GOOD)
    project.write("src/train.py", Path("src/train.py").read_text() + "# changed\n")
    project.step("register")
    (version,) = project.versions()
    client = project.ops["registry"].connect(project.config["tracking"]["uri"])
    run = client.get_run(version.run_id)
    assert run.data.params == {"seed": "1", "train.cut": "45"}
    assert {"accuracy", "by_age.over_60"} <= set(run.data.metrics)
    assert (run.info.status, run.data.tags["mlflow.source.git.commit"]) == ("FINISHED", commit)
    made = project.step("lineage", "1")["results"][0]
    assert made["commit"] == commit
    assert made["dirty"] == ["src/train.py"]
    assert made["data"]["hash"] == project.ops["digests"].digest("data/customers.csv")
    assert made["validation"]["verdict"] == "warned"
    assert any(
        line.startswith("code: ") and "changed: src/train.py" in line
        for line in project.report("lineage")["reasons"]
    )


def test_the_version_can_be_loaded_by_mlflow(project: Project) -> None:
    project.model(GOOD)
    project.step("register")
    (version,) = project.versions()
    store = project.ops["registry"]
    with store.Registry(project.config, store.connect(project.config["tracking"]["uri"])).artifact(
        version, "model"
    ) as model:
        assert (model / "cut.json").read_text() == "45.0"
        assert version.source.endswith("/artifacts/model")


def test_what_is_no_mlflow_model_is_an_error(project: Project) -> None:
    project.model(GOOD)
    Path("models/model/MLmodel").unlink()
    report = project.step("register")
    assert (report["verdict"], project.versions()) == ("error", [])
    assert "mlflow.<flavor>.save_model" in report["reasons"][0]


def test_the_card_can_be_read_and_nothing_in_it_runs(project: Project) -> None:
    project.model(GOOD)
    project.write("params.yaml", "seed: '<script>alert(1)</script> | `x`'\n")
    project.step("register")
    page, text = (Path(f"reports/churn-1.{suffix}").read_text() for suffix in ("html", "md"))
    assert "<script>" not in page + text
    assert "&lt;script&gt;alert(1)" in page
    assert all(heading in page for heading in ("Gate", "Metrics", "Parameters", "Lineage", "Libraries"))
    assert "\\| \\`x\\`" in text
    project.step("card", "1")
    assert Path("reports/churn-1.html").read_text() == page


def test_a_file_store_will_do(project: Project) -> None:
    project.configure(tracking={"uri": f"file:{project.root}/store", "experiment": "churn"})
    promoted(project, GOOD)
    project.model(WORSE)
    assert project.step("register")["verdict"] == "refused"
    assert project.aliases() == {"champion": "1"}


def test_the_reference_is_a_sample_of_the_training_data(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pandas as pd

    monkeypatch.setattr(project.ops["learned"], "REFERENCE_ROWS", 150)
    project.write("data/customers.csv", rows(500))
    promoted(project, GOOD)
    reference = pd.read_parquet(".mlops/reference.parquet")
    assert (len(reference), str(reference["age"].dtype)) == (150, "int64")
