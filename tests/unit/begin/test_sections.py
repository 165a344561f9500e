"""Each section can be added to a spec that it fits, and fits it."""

from pathlib import Path

import pytest
from mlopsc.begin import sample
from mlopsc.begin.declined import Declined
from mlopsc.begin.extend import check_section, extend
from mlopsc.begin.first import first_spec
from mlopsc.begin.fit import Unfit
from mlopsc.begin.sections import addable
from mlopsc.source import read_document
from mlopsc.spec.root import KEYS
from mlopsc.workspace import UsageError, site_of

LEVELS = {n: first_spec("shop", sample.PATH, sample.VALIDATION, n, sample.ROLES) for n in (1, 2, 3)}
# What an A/B test needs: a canary, an image, logged predictions, and outcomes that arrive later.
CANARY = (
    LEVELS[3]
    .replace("strategy: rolling", "strategy: canary\n  provider: istio\n  steps: [10%, 50%]\n  hold: 10m")
    .replace("runtime: fastapi", "runtime: fastapi\n  image: ghcr.io/shop/churn\n  traffic: 50/s")
    .replace("  slo:", "  prediction_log: {path: 's3://shop/predictions/'}\n  slo:")
    .replace("# environments:", "environments:")
    .replace("#   ", "  ")
    + "outcomes: {path: data/outcomes.csv, id: customer_id, value: churned, delay: 30d}\n"
)
BASE = "version: 1\nmodel: {name: base}\ndata: {path: data/customers.csv}\nvalidation: {rows: {min: 1}}\n"


def without(text: str, *sections: str) -> str:
    lines, kept = text.splitlines(keepends=True), []
    for line in lines:
        name = line.split(":")[0]
        keep = kept[-1][0] if line[0] in " #\n" and kept else name not in sections
        kept.append((keep, line))
    return "".join(line for keep, line in kept if keep)


FITTING = {
    "model": "extends: base.yaml\nversion: 1\n",
    "data": "extends: base.yaml\nversion: 1\n",
    "validation": without(LEVELS[2], "validation"),
    "registry": without(LEVELS[2], "registry"),
    "drift": without(LEVELS[2], "drift", "retraining"),
    "retraining": without(LEVELS[2], "retraining"),
    "deployment": without(LEVELS[3], "deployment"),
    "serving": without(LEVELS[3], "serving", "deployment"),
    "ab_test": CANARY,
    "monitoring": LEVELS[3],
    "environments": LEVELS[3],
    "costs": LEVELS[3],
}


def project(folder: Path, text: str) -> Path:
    (folder / "data").mkdir()
    (folder / sample.PATH).write_bytes(sample.sample())
    (folder / "base.yaml").write_text(BASE)
    spec = folder / "mlops.yaml"
    spec.write_text(text)
    return spec


@pytest.mark.parametrize("section", addable())
def test_can_be_added_and_is_commented(tmp_path: Path, section: str) -> None:
    before = FITTING.get(section, LEVELS[1])
    spec = project(tmp_path, before)
    extend(site_of(spec), section)
    after = spec.read_text()
    old, new = (read_document(text.encode(), "").root.data() for text in (before, after))
    assert new.pop(section)
    assert new == old
    lines = after.splitlines()
    (at,) = (n for n, line in enumerate(lines) if line.startswith(f"{section}:"))
    assert lines[at - 1].startswith("# ")


def test_every_key_of_the_language_is_a_section_or_said_to_be_the_users_own() -> None:
    assert set(KEYS) - set(addable()) == {"version", "extends", "models", "plugins"}


@pytest.mark.parametrize("section", ["version", "extends", "models", "plugins"])
def test_what_only_the_user_knows(section: str) -> None:
    with pytest.raises(
        UsageError, match=f"`{section}` names what only you know: write it yourself, such as `{section}: "
    ):
        check_section(section)


def test_unknown_section() -> None:
    with pytest.raises(UsageError) as error:
        check_section("drfit")
    assert str(error.value).startswith("there is no section `drfit`; did you mean `drift`? the sections are ")
    assert str(error.value).endswith(", ".join(addable()))
    with pytest.raises(UsageError, match=r"^there is no section `qqqqqqqqqq`; the sections are "):
        check_section("qqqqqqqqqq")


def added(folder: Path, text: str, section: str) -> object:
    spec = project(folder, text)
    extend(site_of(spec), section)
    return read_document(spec.read_bytes(), "").root.data()[section]


def test_validation_is_proposed_from_the_data(tmp_path: Path) -> None:
    assert added(tmp_path, FITTING["validation"], "validation") == {
        "rows": {"min": 200},
        "columns": {
            "customer_id": {"type": "integer", "nulls": "forbidden", "unique": True},
            "signed_up": {"type": "timestamp", "nulls": "forbidden"},
            "age": {"type": "integer", "nulls": "2%", "between": [10, 80]},
            "plan": {"type": "string", "nulls": "forbidden", "in": ["basic", "pro", "team"]},
            "email": {"type": "string", "nulls": "forbidden", "matches": r"^[^@\s]+@[^@\s]+$"},
            "spend_30d": {"type": "number", "nulls": "forbidden", "between": [0, 300]},
            "churned": {"type": "boolean", "nulls": "forbidden"},
        },
    }


@pytest.mark.parametrize("data", [b"", None])
def test_validation_without_usable_data(tmp_path: Path, data: bytes | None) -> None:
    spec = project(tmp_path, FITTING["validation"])
    if data is None:
        (tmp_path / sample.PATH).unlink()
    else:
        (tmp_path / sample.PATH).write_bytes(data)
    extend(site_of(spec), "validation")
    assert read_document(spec.read_bytes(), "").root.data()["validation"] == {"rows": {"min": 1}}


def test_drift_tests_the_columns_that_validation_lists(tmp_path: Path) -> None:
    found = added(tmp_path, FITTING["drift"].replace("spend_30d", "'a: b'"), "drift")
    assert found["tests"] == [  # type: ignore[index]
        {"columns": ["age", "a: b"], "method": "ks", "p_value": 0.05},
        {"columns": ["plan"], "method": "chi2", "p_value": 0.05},
    ]


def test_columns_without_a_type_are_known_by_their_bounds(tmp_path: Path) -> None:
    columns = (
        "{id: {unique: true}, a: {min: 0}, b: {in: [x]}, c: {between: ['2024-01-01', '2025-01-01']}, d: {}}"
    )
    found = added(tmp_path, f"{BASE.replace('{rows: {min: 1}}', f'{{columns: {columns}}}')}", "serving")
    assert found["inputs"] == {"a": "number", "b": "string", "c": "timestamp", "d": "string"}  # type: ignore[index]


@pytest.mark.parametrize(
    ("path", "deps"),
    [
        ("data/customers.csv", ["data/customers.csv"]),
        ("data/", ["data/"]),
        ("data/2024/*.csv", ["data/2024"]),
        ("data/year=*/part?.csv", ["data"]),
        ("*.csv", ["."]),
        ("s3://bucket/data.csv", []),
    ],
)
def test_pipeline_reads_the_data(tmp_path: Path, path: str, deps: list[str]) -> None:
    text = BASE.replace("data/customers.csv", f"'{path}', format: csv")
    found = added(tmp_path, text, "pipeline")
    assert found["stages"]["train"]["deps"] == ["src/train.py", *deps]  # type: ignore[index]
    assert found["stages"]["evaluate"]["deps"] == ["src/evaluate.py", "models/model", *deps]  # type: ignore[index]


def test_regression_is_judged_by_its_error(tmp_path: Path) -> None:
    text = FITTING["registry"].replace("  name: shop", "  task: regression\n  name: shop")
    assert added(tmp_path, text, "registry") == {"gate": [{"metric": "rmse", "improves_on": "champion"}]}


def test_already_there(tmp_path: Path) -> None:
    spec = project(tmp_path, LEVELS[2])
    with pytest.raises(Declined, match=r"mlops.yaml:\d+:1: `drift` is already there$"):
        extend(site_of(spec), "drift")


def test_inherited_is_not_there_yet(tmp_path: Path) -> None:
    assert added(tmp_path, "extends: base.yaml\nversion: 1\n", "timezone") == "UTC"
    spec = tmp_path / "mlops.yaml"
    extend(site_of(spec), "data")
    assert "data:\n  path: data/customers.csv\n" in spec.read_text()


def test_unfit_is_not_written(tmp_path: Path) -> None:
    spec = project(tmp_path, LEVELS[1])
    with pytest.raises(Unfit) as error:
        extend(site_of(spec), "ab_test")
    assert spec.read_text() == LEVELS[1]
    assert "ab_test:" in error.value.text
    assert {found.code for found in error.value.diagnostics} == {"M302"}


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    spec = project(tmp_path, LEVELS[1])
    link = tmp_path / "link.yaml"
    link.symlink_to(spec)
    with pytest.raises(UsageError, match=r"link.yaml is a symbolic link"):
        extend(site_of(link), "drift")
    assert link.is_symlink() and spec.read_text() == LEVELS[1]
