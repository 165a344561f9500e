"""The champion scores a table: whole and sound scores come into their place, all others never do."""

import hashlib
import json
import os
from pathlib import Path

import pandas as pd
import pytest

from tests.engines.loop.project import rows
from tests.engines.scoring.world import CUT, OLD, World, expected

HEAD = "customer_id,age,spend\n"


def test_the_champion_scores_and_it_is_known_which_version_did(world: World) -> None:
    report = world.score()
    assert report["verdict"] == "scored"
    assert world.scores == expected()
    assert {key: report["figures"][key] for key in ("version", "rows_in", "rows_out")} == {
        "version": 1,
        "rows_in": 50,
        "rows_out": 50,
    }
    kept = world.tag("1")
    # Whoever holds the file can tell which version wrote it.
    assert kept["hash"] == hashlib.md5(Path("data/scores.csv").read_bytes()).hexdigest()
    assert (kept["rows_in"], kept["rows_out"], kept["output"]) == (50, 50, "data/scores.csv")
    assert world.drafts == []


def test_another_version_scores_when_it_is_asked_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert world.version(60) == "2"
    monkeypatch.setenv("VERSION", "2")
    assert world.score()["figures"]["version"] == 2
    assert world.scores == expected(60)
    assert world.tag("1") == {}


def test_without_a_champion_nothing_is_scored(world: World) -> None:
    client = world.ops["registry"].connect(world.config["tracking"]["uri"])
    client.delete_registered_model_alias("churn", "champion")
    report = world.score()
    assert (report["verdict"], world.scores) == ("skipped", OLD)
    assert report["reasons"] == ["there is no champion yet: make register and make promote make one"]


def test_without_a_registry_the_pipelines_model_scores(world: World) -> None:
    world.model(50)
    del world.config["registry"]
    world.configure()
    report = world.score()
    assert (report["verdict"], world.scores) == ("scored", expected(50))
    assert "version" not in report["figures"]


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ("customer_id,age\na,40\n", "spend: the column is missing"),
        (f"{HEAD}a,40,much\n", "spend: 1 of 1 values (100%) cannot be read as number: much"),
        (f"{HEAD}a,40.5,1\n", "age: 1 of 1 values (100%) cannot be read as integer: 40.5"),
        (f"{HEAD}a,40,\nb,41,\n", "spend: there is no value in it"),
        (HEAD, "the input has no rows"),
        ("customer_id,age,spend\na,40\n", "line 2 has 2 fields instead of 3"),
        (None, "no csv file matches data/score.csv"),
    ],
)
def test_an_input_that_is_not_what_the_champion_learned_from_is_blocked(
    world: World, table: str | None, reason: str
) -> None:
    if table is None:
        Path("data/score.csv").unlink()
    else:
        world.write("data/score.csv", table)
    report = world.score()
    assert (report["verdict"], world.scores) == ("blocked", OLD)
    assert reason in report["reasons"][0]


def test_labels_and_what_nobody_needs_may_be_missing_or_there(world: World) -> None:
    world.write("data/score.csv", f"{HEAD[:-1]},town\na,40,1,Ulm\n")
    assert world.score()["verdict"] == "scored"


def test_it_is_the_data_of_the_version_that_counts_and_not_that_of_today(world: World) -> None:
    # Somebody takes a column out: the champion still needs it, a version that is trained now does not.
    for name in ("data/customers.csv", "data/score.csv"):
        table = pd.read_csv(name).drop(columns="spend")
        table.to_csv(name, index=False)
    assert world.score()["reasons"][0] == "spend: the column is missing"
    world.version(50)
    world.step("promote")
    assert world.score()["verdict"] == "scored"


def test_a_model_that_says_what_it_reads_needs_no_more(world: World) -> None:
    signature = """signature: {inputs: '[{"type": "long", "name": "age", "required": true}]'}\n"""
    world.model(50)
    with Path("models/model/MLmodel").open("a") as file:
        file.write(signature)
    assert world.step("register")["verdict"] == "passed"
    world.step("promote")
    world.write("data/score.csv", "customer_id,age\na,40\n")
    assert world.score()["verdict"] == "scored"
    world.write("data/score.csv", "age,spend\n40,1\n")
    assert world.score()["reasons"][0] == "customer_id: the column is missing"


def test_a_version_from_before_is_checked_by_what_is_declared(world: World) -> None:
    client = world.ops["registry"].connect(world.config["tracking"]["uri"])
    run = client.get_model_version("churn", "1").run_id
    place = Path(client.get_run(run).info.artifact_uri.removeprefix("file://")) / "origin/columns.json"
    content = place.read_bytes()
    place.unlink()
    try:
        world.write("data/score.csv", "customer_id,age\na,40\n")
        report = world.score()
        assert report["verdict"] == "scored"
        assert "before its columns were recorded: only declared columns" in report["reasons"][0]
        world.write("data/score.csv", "customer_id,spend\na,40\n")
        assert world.score()["reasons"][0] == "age: the column is missing"
    finally:
        place.write_bytes(content)


@pytest.mark.parametrize(
    ("misdeed", "reason"),
    [
        ("rows[3]['prediction'] = float('nan')", "prediction: 1 of 50 values (2%) are missing"),
        ("rows[3]['prediction'] = float('inf')", "prediction: 1 of 50 values (2%) are infinite"),
        ("rows[3]['prediction'] = 'much'", "prediction: 1 of 50 values (2%) are no numbers: much"),
        ("del rows[7]", "the input has 50 rows, and the scores have 49"),
        ("rows[7] = rows[8]", "customer_id: 1 of 50 values of the input are lost: 5-7"),
        ("rows[7]['customer_id'] = 'x'", "customer_id: 1 of 50 values of the input are lost: 5-7"),
        ("[row.pop('prediction') for row in rows]", "there is no column prediction"),
        ("[row.pop('customer_id') for row in rows]", "there is no column customer_id"),
        ("rows[:] = [{**row, 'probability': ''} for row in rows]", "probability: 50 of 50 values (100%) are"),
    ],
)
def test_scores_that_are_not_sound_leave_the_old_ones(
    world: World, monkeypatch: pytest.MonkeyPatch, misdeed: str, reason: str
) -> None:
    monkeypatch.setenv("MISDEED", misdeed)
    report = world.score()
    assert (report["verdict"], world.scores, world.drafts) == ("blocked", OLD, [])
    assert report["reasons"][0].startswith(reason)
    assert report["reasons"][-1] == "data/scores.csv is as it was"
    assert world.tag("1") == {}


def test_rows_may_come_in_another_order_and_an_id_twice_where_it_was_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MISDEED", "rows.reverse()")
    world.write("data/score.csv", f"{HEAD}a,40,1\nb,41,1\na,42,1\n")
    assert world.score()["verdict"] == "scored"


@pytest.mark.parametrize(
    ("misdeed", "reasons"),
    [
        (
            "print('reading'); sys.exit('the warehouse hung up')",
            ["failed with exit code 1", "reading", "the warehouse hung up"],
        ),
        (
            "sys.exit(0)",
            ["wrote nothing to what MLOPS_OUTPUT names, which is to be a file", "write to os.environ"],
        ),
        (
            "target = 'data/scores.csv'",
            ["wrote data/scores.csv itself", 'write to os.environ["MLOPS_OUTPUT"]'],
        ),
        (
            "os.mkdir(target); sys.exit(0)",
            ["made a folder of what MLOPS_OUTPUT names", "write to os.environ"],
        ),
    ],
)
def test_a_command_that_fails_or_writes_elsewhere_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch, misdeed: str, reasons: list[str]
) -> None:
    monkeypatch.setenv("MISDEED", misdeed)
    report = world.score()
    assert (report["verdict"], world.drafts) == ("error", [])
    assert all(part in line for part, line in zip(reasons, report["reasons"], strict=True)), report
    if "data/scores.csv" not in misdeed:
        assert world.scores == OLD


def test_only_the_last_lines_of_what_it_said_are_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISDEED", "print(*range(100), sep='\\n'); sys.exit(7)")
    report = world.score()
    assert report["reasons"] == ["`python src/score.py` failed with exit code 7", *map(str, range(88, 100))]


def test_a_disk_that_is_full_leaves_the_old_scores(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.scoring(cmd="ulimit -f 0; exec python src/score.py")
    # Without it the signal would end the command before it can say why.
    monkeypatch.setenv("MISDEED", "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)")
    report = world.score()
    assert (report["verdict"], world.scores, world.drafts) == ("error", OLD, [])
    assert "File too large" in report["reasons"][-1]


def test_behind_a_link_the_file_is_replaced_and_the_link_and_the_rights_stay(world: World) -> None:
    Path("shared").mkdir()
    Path("data/scores.csv").rename("shared/scores.csv")
    Path("shared/scores.csv").chmod(0o640)
    Path("data/scores.csv").symlink_to("../shared/scores.csv")
    assert world.score()["verdict"] == "scored"
    assert Path("data/scores.csv").is_symlink()
    assert Path("shared/scores.csv").read_text() == expected()
    assert Path("shared/scores.csv").stat().st_mode & 0o777 == 0o640
    assert os.listdir("shared") == ["scores.csv"]


def test_a_folder_is_no_place_for_scores(world: World) -> None:
    Path("data/scores.csv").unlink()
    Path("data/scores.csv").mkdir()
    assert "is a folder: name a file" in world.score()["reasons"][0]


def test_an_input_that_changes_meanwhile_is_blocked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISDEED", "open('data/score.csv', 'a').write('late,30,1,0\\n')")
    report = world.score()
    assert (report["verdict"], world.scores) == ("blocked", OLD)
    assert report["reasons"] == ["data/score.csv changed while it was scored: run make score again"]


@pytest.mark.parametrize("place", ["inbox/", "inbox/*.csv"])
def test_files_of_a_folder_are_scored_as_one_table(world: World, place: str) -> None:
    header, *lines = rows(50, seed=5).splitlines()
    world.write("inbox/a.csv", "\n".join([header, *lines[:20]]) + "\n")
    # Other columns first, and the mark of a Windows program at its head.
    turned = [",".join(reversed(line.split(","))) for line in (header, *lines[20:])]
    world.write("inbox/b.csv", "\ufeff" + "\n".join(turned) + "\n")
    world.write("inbox/quarantine/c.csv", "nonsense\n")
    world.scoring(input=place)
    report = world.score()
    assert (report["verdict"], world.scores) == ("scored", expected())
    assert report["results"][0]["input"] == ["inbox/a.csv", "inbox/b.csv"]


def test_an_empty_folder_is_nothing_to_score(world: World) -> None:
    Path("inbox").mkdir()
    world.scoring(input="inbox/")
    report = world.score()
    assert (report["verdict"], world.scores) == ("nothing to score", OLD)
    assert report["reasons"] == ["there is no csv file in inbox/ yet"]


def test_parquet_in_and_out_of_several_files(world: World) -> None:
    table = pd.read_csv("data/score.csv")
    Path("inbox").mkdir()
    table.head(20).to_parquet("inbox/a.parquet", index=False)
    table.tail(30).astype({"age": "int32"}).to_parquet("inbox/b.parquet", index=False)
    code = (
        "import os, pandas as pd; t = pd.read_parquet(os.environ['MLOPS_INPUT']); "
        "t = t[['customer_id']].assign(prediction=t.age - 45.0); t.to_parquet(os.environ['MLOPS_OUTPUT'])"
    )
    world.scoring(cmd=f'python -c "{code}"', input="inbox/*.parquet", output="data/scores.parquet")
    report = world.score()
    assert report["verdict"] == "scored", report
    scored = pd.read_parquet("data/scores.parquet")
    assert list(scored.prediction) == [age - CUT for age in table.age]


def test_the_suite_of_the_training_data_is_asked_about_rows_and_features(world: World) -> None:
    exists = [{"type": "expect_column_to_exist", "kwargs": {"column": name}} for name in ("age", "churned")]
    between = {"column": "age", "min_value": 0, "max_value": 70}
    asked = [
        {"type": "expect_table_row_count_to_be_between", "kwargs": {"min_value": 1000}},
        *exists,
        {"type": "expect_column_values_to_be_between", "kwargs": between},
    ]
    meta = {"types": {"age": "integer", "churned": "integer"}, "checked": ["age", "churned"]}
    meta |= {"data": {"path": "data/customers.csv", "format": "csv"}}
    for failure, verdict in (("block", "blocked"), ("warn", "scored")):
        suite = {"name": "churn", "expectations": asked, "meta": {**meta, "on_failure": failure}}
        world.write("config/suite.json", json.dumps(suite))
        world.write("data/score.csv", f"{HEAD}a,40,1\nb,80,1\n")
        report = world.score()
        assert report["verdict"] == verdict
        assert "age: 1 of 2 values (50%) are not between 0 and 70: 80" in report["reasons"][0]
