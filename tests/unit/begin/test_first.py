"""The first spec of each level, word for word."""

import os
from pathlib import Path

import pytest
from mlopsc.begin import sample
from mlopsc.begin.first import first_spec, model_name
from mlopsc.begin.profile import profile
from mlopsc.begin.propose import validation
from mlopsc.begin.table import read_table
from mlopsc.source import read_document
from mlopsc.spec import parse

TEXTS = Path(__file__).parents[2] / "data" / "init"


def proposed(folder: Path) -> str:
    path = folder / "customers.csv"
    path.write_bytes(sample.sample())
    return validation(read_table(path))


@pytest.mark.parametrize("level", [1, 2, 3])
@pytest.mark.parametrize("kind", ["sample", "from"])
def test_text(tmp_path: Path, level: int, kind: str) -> None:
    if kind == "sample":
        text = first_spec("Churn", sample.PATH, sample.VALIDATION, level, sample.ROLES)
    else:
        text = first_spec("Churn", "customers.csv", proposed(tmp_path), level)
    expected = TEXTS / f"{kind}_{level}.yaml"
    if os.environ.get("MLOPSC_UPDATE"):
        expected.write_text(text, "utf-8")
    assert text == expected.read_text("utf-8")


def test_level_1_is_short() -> None:
    assert len(first_spec("churn", sample.PATH, sample.VALIDATION, 1).splitlines()) <= 25


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("data.csv", None),
        ("a b/data.csv.gz", None),
        ("data.txt", "csv"),
        ("data[1].csv", "csv"),
        ("'on'.tsv", "csv"),
    ],
)
def test_the_format_is_written_where_the_path_does_not_tell(path: str, told: str | None) -> None:
    spec = parse(read_document(first_spec("churn", path, sample.VALIDATION, 1).encode(), ""))
    assert spec.data and (spec.data.path, spec.data.format) == (path, told)


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("churn", "churn"),
        ("My_Shop 2", "my-shop-2"),
        ("2024-churn", "churn"),
        ("Müller & Söhne", "muller-sohne"),
        ("日本", "model"),
        ("42", "model"),
        ("", "model"),
        ("-.-", "model"),
        ("x" * 60, "x" * 40),
        ("x" * 39 + "-y", "x" * 39),
        ("no", "no"),
    ],
)
def test_model_name(folder: str, name: str) -> None:
    assert model_name(folder) == name
    spec = parse(read_document(first_spec(folder, "a.csv", sample.VALIDATION, 1).encode(), ""))
    assert spec.model and spec.model.name == name


def test_the_sample_is_as_its_validation_says(tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_bytes(sample.sample())
    table = read_table(path)
    found = {rules.name: rules for rules in profile(table)}
    assert (table.rows, table.whole) == (200, True)
    assert [(rules.name, rules.type) for rules in found.values()] == [
        ("customer_id", "integer"),
        ("signed_up", "timestamp"),
        ("age", "integer"),
        ("plan", "string"),
        ("email", "string"),
        ("spend_30d", "number"),
        ("churned", "boolean"),
    ]
    assert found["customer_id"].unique
    ages = [int(age) for age in table.columns[2] if age]
    assert (min(ages) >= 18, max(ages) <= 120, found["age"].nulls) == (True, True, "2%")
    assert found["plan"].allowed == ("basic", "pro", "team")
    assert found["email"].matches and found["spend_30d"].between == (0, 300)
    assert {rules.nulls for rules in found.values() if rules.name != "age"} == {"forbidden"}
