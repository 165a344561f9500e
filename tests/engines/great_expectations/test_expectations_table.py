"""The compiler's table of expectations is what Great Expectations registers."""

import importlib.util
from pathlib import Path

from tests.conftest_engines import engine

TOOL = Path(__file__).parents[3] / "tools" / "expectations.py"


def test_the_table_is_the_installed_registry() -> None:
    engine("great_expectations")
    spec = importlib.util.spec_from_file_location("expectations", TOOL)
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    table = tool.table()
    assert tool.TABLE.read_text(encoding="utf-8") == tool.text(table)
    assert table["expect_column_values_to_be_in_set"]["required"] == ["column", "value_set"]
    assert "mostly" in table["expect_column_values_to_be_in_set"]["optional"]
