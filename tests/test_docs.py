"""The reference pages are what the tool writes, and the README shows what is true."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def _pages() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location("docs_tool", ROOT / "tools" / "docs.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    pages: dict[str, str] = module.pages()
    return pages


@pytest.mark.slow
def test_reference_pages_are_up_to_date() -> None:
    for name, text in _pages().items():
        assert (ROOT / "docs" / name).read_text("utf-8") == text, f"docs/{name} is old: run `make docs`"


def test_the_error_in_the_readme_is_what_the_tool_says(tmp_path: Path) -> None:
    from tests.rejected_cases import validate

    shown = (
        (ROOT / "README.md")
        .read_text("utf-8")
        .split("## Errors, as they look\n\n```text\n")[1]
        .split("```")[0]
    )
    spec = """\
version: 1
model: {name: churn}
data: {path: data/customers.csv}
validation:
  on_failure: blok
  schedule: every 5 hours
  columns:
    age: {type: integer, between: [120, 0]}
"""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "customers.csv").touch()
    (tmp_path / "mlops.yaml").write_text(spec)
    assert validate(tmp_path, "mlops.yaml") == shown


def test_the_ten_lines_in_the_readme_are_specs_minimal() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert (ROOT / "specs" / "minimal" / "mlops.yaml").read_text("utf-8") in readme
    golden = {path.name for path in (ROOT / "golden" / "minimal").rglob("*") if path.is_file()}
    tree = readme.split("become\n\n```text\n")[1].split("```")[0]
    assert {line.split("── ")[1].split()[0].split("/")[-1] for line in tree.splitlines()} == golden | {
        ".mlopsc.lock"
    }


def test_the_loop_in_the_readme_compiles(tmp_path: Path) -> None:
    from mlopsc.files import Ownership
    from mlopsc.project import Project
    from mlopsc.workspace import site_of

    shown = [part.split("```")[0] for part in (ROOT / "README.md").read_text("utf-8").split("```yaml\n")[1:]]
    (spec,) = [text for text in shown if "pipeline:" in text]
    (tmp_path / "mlops.yaml").write_text(spec)
    made = Project.read(site_of(tmp_path / "mlops.yaml")).compile()
    paths = {item.file.path for item in made.files if item.file.ownership is Ownership.GENERATED}
    assert {"dvc.yaml", "ops/register.py", "ops/drift.py", "ops/retrain.py", "config/schedule.json"} <= paths
    assert {note.code for note in made.notes} <= {"M309"}


def test_the_page_about_schedulers_says_what_is_generated() -> None:
    page = (ROOT / "docs" / "scheduling.md").read_text("utf-8")
    assert "docs/scheduling.md" in (ROOT / "README.md").read_text("utf-8")
    made = "".join(path.read_text("utf-8") for path in sorted((ROOT / "golden").rglob("mlops_*.py")))
    named = {
        line.split("`")[1].removeprefix("<model>-") for line in page.splitlines() if "| `<model>-" in line
    }
    assert named == {"validate", "drift", "retrain", "score", "ab-test", "promote", "deploy"}
    assert all(f'-{kind}",' in made for kind in named - {"ab-test", "promote"})
    for scheduler in ("cron", "github", "jenkins", "airflow"):
        assert f"`scheduler: {scheduler}`" in page
