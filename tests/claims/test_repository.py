"""What the repository target writes comes from the table of symbols alone."""

import json

from mlopsc.files import Template
from mlopsc.pins import PINS
from mlopsc.render import HouseStyle, Renderer
from mlopsc.symbols import Alert, Command, EnvVar, Job, Metric, Requirement, Secret, Table
from mlopsc.targets import repository

from tests.claims.compiling import compiled, files

VALIDATION = """\
validation:
  schedule: weekly
  rows: {min: 10}
  columns: {age: {between: [0, 120], nulls: 1%, mostly: 90%}}
"""
TABLE = Table.of(
    [
        Command("score", ("ops/score.py",), "Score it"),
        Requirement("rich", "15.0.0", ("x",)),
        Secret("TOKEN", "the token"),
        EnvVar("LEVEL", "how loud", "info"),
        Job("score", ("score",), ("LIMIT=5",), "0 0 * * *", "every day"),
        Metric("m"),
        Alert("Old", ("m",), "it is old", "the clock", "wind it"),
        Alert("Dead", ("m",), "it is dead", "the pulse", "a new one", "page"),
    ]
)


def rendered(table: Table) -> dict[str, str]:
    model = compiled("validation: {rows: {min: 1}}\n").model
    made = [("repository", file) for file in repository.files(model, table)]
    renderer = Renderer("mlops.yaml", {}, HouseStyle())
    return {each.file.path: each.content.decode() for each in renderer.render(made)}


def test_all_is_rendered_from_the_table_of_symbols() -> None:
    texts = rendered(TABLE)
    assert "\nscore: | $(ready) ## Score it\n\t@$(PYTHON) -B ops/score.py $(ARGS)\n" in texts["mlops.mk"]
    assert "\nrich[x]==15.0.0\n" in texts["requirements-mlops.txt"]
    assert "\n# how loud\nLEVEL=info\n\n# the token (secret)\nTOKEN=\n" in texts[".env.example"]
    for line in (
        "| `make score` | Score it |",
        "| `make score LIMIT=5` | every day |",
    ):
        assert f"\n{line}\n" in texts["RUNBOOK.md"]
    assert "\n| `TOKEN` | the token (secret) |\n" in texts["RUNBOOK.md"]


def test_each_alert_has_a_section_pages_first() -> None:
    text = rendered(TABLE)["RUNBOOK.md"]
    one = "### Old\n\nit is old\n\n- Severity: warning\n- First look: the clock\n- Action: wind it\n"
    assert one in text
    assert text.index("## Alerts\n") < text.index("### Dead\n") < text.index("### Old\n")


def test_without_automations_nothing_is_written() -> None:
    assert rendered(Table.of([Secret("TOKEN", "the token")])) == {}


def test_requirements_are_exact_pins_of_the_one_table() -> None:
    text = "version: 1\nmodel: {name: a}\ndata: {path: 's3://b/c.parquet'}\nvalidation: {rows: {min: 1}}\n"
    lines = [line for line in files(text)["requirements-mlops.txt"].splitlines() if not line.startswith("#")]
    assert lines == [f"{name}=={PINS[name]}" for name in ("great-expectations", "pandas", "pyarrow", "s3fs")]


def test_the_runbook_says_commands_thresholds_schedules_and_verdicts() -> None:
    text = files(VALIDATION)["RUNBOOK.md"]
    for part in (
        "| `make validate` | Check data/customers.csv against config/suite.json |",
        "| `make validate` | every Monday at 00:00 (UTC) |",
        "- Rows: at least 10.",
        "- age: number; at most 1% null; 0 to 120; for at least 90% of the values.",
        "## What a verdict means",
    ):
        assert part in text
    assert len(text.splitlines()) < 60, "one page"


def test_no_secret_is_needed_and_so_no_settings_are_written() -> None:
    assert ".env.example" not in files(VALIDATION)


def test_a_crontab_is_made_where_cron_runs_scheduled_work_and_nowhere_else() -> None:
    assert {"ops/schedule.py", "config/schedule.json"} <= set(files(VALIDATION))
    assert "ops/schedule.py" not in files(VALIDATION.replace("  schedule: weekly\n", ""))
    assert "ops/schedule.py" not in files(VALIDATION + "ci: {provider: github}\n")


def test_headers_name_the_spec_where_the_format_has_comments() -> None:
    texts = files(VALIDATION, "models/churn/mlops.yaml")
    headed = {
        path for path, text in texts.items() if "from models/churn/mlops.yaml" in text.split("\n", 1)[0]
    }
    assert headed == {"Makefile", "mlops.mk", "requirements-mlops.txt", "RUNBOOK.md"}
    templates = {
        each.file.path for each in compiled(VALIDATION).files if isinstance(each.file.content, Template)
    }
    assert headed == templates, "programs and JSON are the same bytes for every spec"


def test_an_environment_without_a_setting_says_nothing_of_it() -> None:
    told = "monitoring: {notify: {slack: {secret: HOOK}}}"
    texts = files(f"{VALIDATION}environments: {{staging: {{}}, production: {{{told}}}}}\n")
    production, staging = (json.loads(texts[f"config/{name}.json"]) for name in ("production", "staging"))
    assert production["notify"] == {"slack": {"secret": "HOOK"}}
    assert "notify" not in staging and None not in staging.values()
