"""A plug-in of a third party brings one of each kind of thing; misspell one, and the link breaks."""

import ast
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.properties.installed import install

SPEC = """\
version: 1
model: {name: churn}
data: {path: data.csv}
validation: {columns: {age: {nulls: forbidden}}}
environments:
  staging: {tracking: {experiment: tests}}
  production: {tracking: {experiment: churn}}
plugins:
  sketch: {team: growth}
"""


@dataclass
class Shop:
    """A git repository with one model in a folder, and a place where packages are installed."""

    root: Path
    packages: Path

    @property
    def model(self) -> Path:
        return self.root / "models" / "churn"

    def spec(self, text: str = SPEC) -> None:
        (self.root / ".git").mkdir(exist_ok=True)
        self.model.mkdir(parents=True, exist_ok=True)
        (self.model / "mlops.yaml").write_text(text)
        (self.model / "data.csv").write_text("age\n1\n")

    def run(self, command: str = "compile", *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(self.packages), "NO_COLOR": "1"}
        line = [sys.executable, "-m", "mlopsc", command, "models/churn/mlops.yaml", *arguments]
        return subprocess.run(
            line, cwd=self.root, env=environment, capture_output=True, text=True, check=False
        )

    def refused(self) -> str:
        """What is said of a spec that is refused; nothing is written then."""
        done = self.run()
        assert done.returncode == 1, done.stderr
        assert {path.name for path in self.model.iterdir()} == {"mlops.yaml", "data.csv"}
        return done.stderr

    def misspell(self, right: str, wrong: str) -> None:
        module = self.packages / "mlopsc_sketch" / "__init__.py"
        text = module.read_text()
        assert text.count(right) == 1
        module.write_text(text.replace(right, wrong))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(tmp_path_factory.mktemp("packages"))


@pytest.fixture
def shop(tmp_path: Path, installed: Path) -> Shop:
    made = Shop(tmp_path / "repository", tmp_path / "packages")
    shutil.copytree(installed, made.packages)
    made.root.mkdir()
    made.spec()
    return made


def test_it_compiles_and_links(shop: Shop) -> None:
    done = shop.run()
    assert done.returncode == 0, done.stderr
    root = sorted(str(path.relative_to(shop.root)) for path in shop.root.rglob("*nightly*") if path.is_file())
    model = "models/churn"
    assert root == [
        ".github/workflows/churn-nightly.yml",
        f"{model}/dags/nightly.py",
        f"{model}/ops/nightly.py",
    ]
    assert shop.run("check").returncode == 0


def test_the_workflow_stands_at_the_root(shop: Shop) -> None:
    shop.run()
    workflow = yaml.load((shop.root / ".github/workflows/churn-nightly.yml").read_text(), yaml.BaseLoader)
    environment = workflow["jobs"]["report"]["env"]
    assert environment == {
        "MODEL": "churn",
        "COMMAND": "nightly",
        "REPORT_TOKEN": "${{ secrets.REPORT_TOKEN }}",
    }
    assert workflow["on"] == {"schedule": [{"cron": "0 3 * * *"}]}


def test_the_dag_is_python(shop: Shop) -> None:
    shop.run()
    tree = ast.parse((shop.model / "dags/nightly.py").read_text())
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert {"churn", "growth", "nightly"} <= texts


def test_each_environment_has_its_overlay(shop: Shop) -> None:
    shop.run()
    for name in ("staging", "production"):
        overlay = yaml.safe_load((shop.model / f"overlays/{name}/report.yaml").read_text())
        assert overlay == {"environment": name, "topics": ["reports"]}


def test_the_repository_knows_what_it_brings(shop: Shop) -> None:
    shop.run()
    texts = {path.name: path.read_text() for path in shop.model.iterdir() if path.is_file()}
    assert (
        "nightly: | $(ready) ## Write the nightly report\n\t@$(PYTHON) -B ops/nightly.py $(ARGS)"
        in texts["mlops.mk"]
    )
    assert "ops/nightly.py --dry-run $(ARGS)" in texts["mlops.mk"]
    assert "rich==15.0.0" in texts["requirements-mlops.txt"].splitlines()
    assert "REPORT_TOKEN=" in texts[".env.example"].splitlines()
    assert "### ReportIsOld\n\nthe nightly report is missing" in texts["RUNBOOK.md"]


def test_its_program_runs_with_the_shared_one(shop: Shop) -> None:
    shop.run()
    command = ["make", "-s", "nightly-test", f"PYTHON={sys.executable}"]
    done = subprocess.run(command, cwd=shop.model, capture_output=True, text=True, check=True)
    assert done.stdout == "would write the report\nnightly: passed\n"


MISSPELT = {
    "an alert's metric": (
        'Alert("ReportIsOld", ("report_age_seconds",)',
        'Alert("ReportIsOld", ("report_age_secs",)',
        "the alert `ReportIsOld` of sketch watches the metric `report_age_secs`",
    ),
    "a DAG's command": (
        '-nightly", ("nightly",)',
        '-nightly", ("nightyl",)',
        "of sketch runs the command `nightyl`",
    ),
    "a workflow's command": (
        'Need(Command, "nightly"',
        'Need(Command, "nightlly"',
        "needs the command `nightlly`",
    ),
    "a workflow's secret": (
        'Need(Secret, "REPORT_TOKEN"',
        'Need(Secret, "REPORT_TOKN"',
        ".github/workflows/churn-nightly.yml needs the secret `REPORT_TOKN`",
    ),
    "an overlay's topic": ('Need(Topic, "reports"', 'Need(Topic, "report"', "needs the topic `report`"),
    "a file's program": (
        'Need(Program, "ops/verdict.py"',
        'Need(Program, "ops/verdicts.py"',
        "needs the program `ops/verdicts.py`",
    ),
    "a command's program": (
        'Command("nightly", ("ops/nightly.py",)',
        'Command("nightly", ("ops/nighly.py",)',
        "the command `nightly` of sketch runs `ops/nighly.py`",
    ),
    "a program": (
        'Program("ops/nightly.py"',
        'Program("ops/nighty.py"',
        "the program `ops/nighty.py` of sketch is `ops/nighty.py`",
    ),
    "the metric itself": (
        'Metric("report_age_seconds"',
        'Metric("report_age_second"',
        "watches the metric `report_age_seconds`",
    ),
}


@pytest.mark.parametrize(("right", "wrong", "said"), MISSPELT.values(), ids=MISSPELT.keys())
def test_a_misspelling_breaks_the_link(shop: Shop, right: str, wrong: str, said: str) -> None:
    shop.misspell(right, wrong)
    told = shop.refused()
    assert "error[M501] models/churn/mlops.yaml:9:" in told
    assert f"{said}, which nothing brings" in told
    assert "did you mean `" in told


def test_a_name_of_ours_is_taken(shop: Shop) -> None:
    shop.misspell('Command("nightly-test"', 'Command("validate"')
    assert "the targets validation and sketch both bring the command `validate`" in shop.refused()


def test_a_file_of_ours_is_taken(shop: Shop) -> None:
    shop.misspell('_file("dags/nightly.py"', '_file("ops/validate.py"')
    assert "error[M505] models/churn/mlops.yaml:9:" in shop.refused()


@pytest.mark.parametrize(
    ("settings", "code", "said"),
    [
        ("{}", "M204", "`plugins.sketch` lacks `team`"),
        ("{team: growth, taem: x}", "M201", "did you mean `team`?"),
        ("{team: 1}", "M217", "`plugins.sketch.team` is refused: Input should be a valid string"),
    ],
)
def test_its_settings_are_checked_like_ours(shop: Shop, settings: str, code: str, said: str) -> None:
    shop.spec(SPEC.replace("{team: growth}", settings))
    told = shop.refused()
    assert f"error[{code}] models/churn/mlops.yaml:9:" in told
    assert said in told


def test_a_plug_in_that_is_not_installed(shop: Shop) -> None:
    shop.spec(SPEC.replace("  sketch:", "  sketsh:"))
    told = shop.refused()
    assert "error[M507] models/churn/mlops.yaml:9:3: no plug-in `sketsh` is installed" in told
    assert "did you mean `sketch`?" in told


def test_without_its_name_in_the_spec_it_is_not_even_looked_for(shop: Shop) -> None:
    (shop.packages / "mlopsc_sketch" / "__init__.py").write_text("raise SystemExit('imported')")
    shop.spec(SPEC.partition("plugins:")[0])
    assert shop.run().returncode == 0
    assert not list(shop.root.rglob("*nightly*"))


def test_a_file_at_the_root_can_be_owned(shop: Shop) -> None:
    path = ".github/workflows/churn-nightly.yml"
    shop.run()
    (shop.root / path).write_text("name: mine\n")
    assert shop.run().returncode == 1
    shop.spec(f"{SPEC}own: [{path}]\n")
    done = shop.run()
    assert done.returncode == 0, done.stdout
    assert (shop.root / path).read_text() == "name: mine\n"
