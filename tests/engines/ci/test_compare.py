"""Figures side by side on a real registry and a real clone; nothing is ever registered."""

import json
import math
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.engines.loop.project import Project
from tests.engines.loop.test_register import BETTER, GOOD, WORSE, promoted


def compare(project: Project) -> dict[str, Any]:
    """Compare; return the report, and see that the registry is as it was."""
    before = held(project)
    assert project.ops["compare"].main() == 0
    assert held(project) == before
    return project.report("compare")


def held(project: Project) -> dict[str, list[Any]]:
    """Return all that the tracking store holds of runs, versions and aliases."""
    names = "experiments runs metrics params tags registered_models model_versions model_version_tags"
    tables = [*names.split(), "registered_model_aliases"]
    with sqlite3.connect(project.root / "mlflow.db") as database:
        return {name: sorted(map(repr, database.execute(f"SELECT * FROM {name}"))) for name in tables}


def found(report: dict[str, Any], metric: str) -> dict[str, str]:
    (row,) = [row for row in report["results"] if row["metric"] == metric]
    return dict(row)


def accuracy() -> float:
    return float(json.loads(Path("metrics.json").read_text())["accuracy"])


def test_this_run_beside_champion_and_main(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    promoted(project, GOOD)
    commit = project.commit()
    old = accuracy()
    project.model(BETTER)
    summary = project.root.parent / f"{project.root.name}-summary.md"
    summary.write_text("# before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    report = compare(project)
    assert report["verdict"] == "done"
    assert found(report, "accuracy") == {
        "metric": "accuracy", "better": "higher", "this run": f"{accuracy():.6g}",
        "champion": f"{old:.6g}", "main": f"{old:.6g}",
        "verdict": "better than champion, better than main",
    }  # fmt: skip
    assert found(report, "by_age.over_60")["verdict"] == "same as champion, same as main"
    assert report["reasons"][0] == "The gate would say: passed"
    assert f"main: main, commit {commit[:10]}" in report["reasons"]
    page = Path("reports/compare.md").read_text()
    line = "| accuracy | higher | {0:.6g} | {1:.6g} | {1:.6g} | better than champion, better than main |"
    assert line.format(accuracy(), old) in page
    assert summary.read_text() == f"# before\n{page}"


def test_the_champion_is_scored_on_the_same_data(project: Project) -> None:
    promoted(project, GOOD)
    project.write("data/customers.csv", "customer_id,age,spend,churned\n1,43,1,1\n2,70,1,1\n")
    project.model(BETTER)
    assert found(compare(project), "accuracy")["champion"] == "0.5"


def test_a_champion_that_cannot_be_scored_counts_as_recorded(project: Project) -> None:
    promoted(project, GOOD)
    old = accuracy()
    project.model(BETTER)
    project.write("src/evaluate.py", "raise SystemExit(1)")
    report = compare(project)
    assert found(report, "accuracy")["champion"] == f"{old:.6g}"
    assert any("its recorded figures count" in line for line in report["reasons"])
    # The same where the model is gone from its run.
    for folder in project.root.rglob("artifacts/model"):
        folder.rename(folder.with_name("gone"))
    report = compare(project)
    assert found(report, "accuracy")["champion"] == f"{old:.6g}"
    assert any("recorded figures" in line for line in report["reasons"])


@pytest.mark.parametrize("cut", [GOOD, BETTER, WORSE])
def test_it_says_what_the_gate_then_says(project: Project, cut: float) -> None:
    promoted(project, GOOD)
    project.model(cut)
    said = compare(project)["reasons"]
    report = project.step("register")
    assert said[0] == f"The gate would say: {report['verdict']}"
    assert report["reasons"][-1] in said


def test_blocked_data_and_what_is_no_model_would_not_pass(project: Project) -> None:
    project.model(GOOD)
    blocked = {"verdict": "blocked", "figures": {}, "reasons": []}
    project.write("reports/validate.json", json.dumps(blocked))
    said = ["The gate would say: refused", "its data is blocked by the validation"]
    assert compare(project)["reasons"][:2] == said
    Path("models/model/MLmodel").unlink()
    assert compare(project)["reasons"][0] == "The gate would say: error"


def test_a_version_that_was_rolled_back_would_be_refused(project: Project) -> None:
    promoted(project, GOOD)
    promoted(project, BETTER)
    project.step("rollback", "--back")
    assert compare(project)["reasons"][:2] == [
        "The gate would say: refused", "version 2 was rolled back, and nothing has changed since",
    ]  # fmt: skip


@pytest.mark.parametrize("figure", ["NaN", '"nan"', "null", "Infinity"])
def test_what_is_no_number_is_never_better(project: Project, figure: str) -> None:
    promoted(project, GOOD)
    project.commit()
    project.model(BETTER)
    project.write("metrics.json", f'{{"accuracy": {figure}, "rmse": 0.123456789}}')
    report = compare(project)
    row = found(report, "accuracy")
    assert (row["this run"], row["verdict"]) == ("NaN", "not a number")
    assert report["reasons"][0] == "The gate would say: refused"
    assert found(report, "rmse")["this run"] == "0.123457"
    # And a number is not better than what is none.
    project.commit()
    project.write("metrics.json", '{"accuracy": 0.9}')
    row = found(compare(project), "accuracy")
    assert (row["main"], "main" in row["verdict"]) == ("NaN", False)
    assert (found(compare(project), "rmse")["this run"]) == "not recorded"


def test_less_may_be_better_and_of_some_it_is_not_known(project: Project) -> None:
    project.write("metrics.json", '{"rmse": 2, "rows": 2}')
    project.commit()
    project.write("metrics.json", '{"rmse": 1, "rows": 3}')
    report = compare(project)
    assert found(report, "rmse")["verdict"] == "better than main"
    assert found(report, "rows")["verdict"] == "higher than main"


@pytest.mark.parametrize(
    ("uri", "said"),
    [({"env": "NO_SUCH_STORE"}, "NO_SUCH_STORE is not set"), ("http://127.0.0.1:9", "127.0.0.1:9")],
)
def test_without_the_registry_main_is_left(
    project: Project, monkeypatch: pytest.MonkeyPatch, uri: Any, said: str
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    project.model(GOOD)
    project.commit()
    project.configure(tracking={"uri": uri, "experiment": "churn"})
    report = compare(project)
    row = found(report, "accuracy")
    assert (report["verdict"], row["champion"], row["verdict"]) == ("done", "not recorded", "same as main")
    assert said in report["reasons"][0]


def test_a_spec_without_a_registry(bare: Project) -> None:
    config = json.loads(Path("config/default.json").read_text())
    for name in ("registry", "metrics", "tracking"):
        del config[name]
    bare.write("config/default.json", json.dumps(config))
    bare.model(GOOD)
    bare.commit()
    # As generated: none of the registry's programs is there.
    for name in ("compare", "comparison"):
        bare.write(f"ops/{name}.py", Path(bare.ops[name].__file__ or "").read_text())
    for name in ("register", "registry", "gate", "figures", "rescore", "card", "origin"):
        Path(f"ops/{name}.py").unlink()
    code, said = bare.run("compare")
    assert (code, "the spec has no registry" in said) == (0, True)
    assert found(bare.report("compare"), "accuracy")["verdict"] == "same as main"


def test_main_is_where_it_is_asked_for_also_from_a_subfolder(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.model(GOOD)
    first = project.commit()
    old = accuracy()
    project.model(WORSE)
    project.commit()
    monkeypatch.setenv("COMPARE_WITH", first)
    assert found(compare(project), "accuracy")["main"] == f"{old:.6g}"
    monkeypatch.setenv("COMPARE_WITH", "--output=stolen")
    report = compare(project)
    assert "there is no --output=stolen in this clone" in report["reasons"][-1]
    assert found(report, "accuracy")["main"] == "not recorded"
    assert not Path("stolen").exists()


def test_a_model_in_a_folder_of_a_monorepo(bare: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    bare.write("models/churn/metrics.json", '{"accuracy": 0.25}')
    bare.write("metrics.json", '{"accuracy": 0.75}')
    bare.git("add", "-f", "metrics.json", "models/churn/metrics.json")
    bare.git("commit", "-q", "-m", "x")
    monkeypatch.chdir("models/churn")
    old, note = bare.ops["compare"].of_main(["metrics.json", "more.yaml"])
    assert (old, note.endswith("which has no more.yaml")) == ({"accuracy": 0.25}, True)


def test_before_the_pipeline_there_is_nothing_to_compare(project: Project) -> None:
    report = compare(project)
    assert (report["verdict"], report["reasons"]) == (
        "skipped", ["there is no metrics.json: run `make pipeline` first"],
    )  # fmt: skip


def test_the_summary_stays_within_its_limit(bare: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("reports").mkdir()
    summary = Path("summary.md")
    summary.write_text("x" * 500_000)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    many = [bare.ops["comparison"].row(f"é{n}" * 20, "", {}, {}, {}) for n in range(10_000)]
    bare.ops["comparison"].publish("churn", many, ["a line"])
    assert 900_000 < summary.stat().st_size <= 1024 * 1024
    assert summary.read_text().endswith("The table is cut; reports/compare.md has all of it.\n\n- a line\n")
    assert Path("reports/compare.md").read_text().count("\n| é") == 10_000
    before = summary.read_text() + "y" * 2**20
    summary.write_text(before)
    bare.ops["comparison"].publish("churn", many[:1], [])
    assert summary.read_text() == before


def test_a_name_is_text_in_the_table(bare: Project) -> None:
    Path("reports").mkdir()
    nasty = bare.ops["comparison"].row("a|b<img src=x>\n# c", "", {}, {}, {})
    bare.ops["comparison"].publish("churn", [nasty], ["<script>"])
    page = Path("reports/compare.md").read_text()
    assert "| a\\|b\\<img src=x\\> \\# c | " in page
    assert "- \\<script\\>\n" in page


def test_files_are_read_as_the_gate_reads_them(bare: Project) -> None:
    bare.write("a.json", '{"f1": 1, "n": 7, "ci": {"f1": [0, 1]}, "r": {"x": "NaN", "y": true, "z": null}}')
    bare.write("b.yaml", "rmse: .inf\nnote: text\nf1: 0.5\n")
    paths = ["a.json", "b.yaml"]
    ours, gates = bare.ops["compare"].figures(paths), bare.ops["figures"].read(paths).metrics
    assert {k: repr(v) for k, v in ours.items()} == {k: repr(v) for k, v in gates.items()}
    assert math.isnan(ours["r.x"])
