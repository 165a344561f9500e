"""Write compiler/mlopsc/targets/expectations.json from the installed Great Expectations.

The table lists each core expectation with its required and optional keywords, so that the compiler
can check a spec without importing Great Expectations.
"""

import json
from pathlib import Path

TABLE = Path(__file__).parents[1] / "compiler" / "mlopsc" / "targets" / "expectations.json"
# Fields of every expectation that are not keywords of its check.
COMMON = {"batch_id", "library_metadata"}


def table() -> dict[str, dict[str, list[str]]]:
    """Return the keywords of each registered expectation, sorted by name."""
    from great_expectations.expectations import registry
    from great_expectations.expectations.expectation import Expectation

    common = COMMON | set(Expectation.__fields__)
    names = sorted(registry.list_registered_expectation_implementations())
    return {name: _keywords(registry.get_expectation_impl(name).__fields__, common) for name in names}


def text(content: dict[str, dict[str, list[str]]]) -> str:
    """Return the table as JSON with one expectation per line."""
    lines = (f"{json.dumps(name)}: {json.dumps(keywords)}" for name, keywords in content.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _keywords(fields: dict[str, object], common: set[str]) -> dict[str, list[str]]:
    own = {name: field for name, field in fields.items() if name not in common}
    required = sorted(name for name, field in own.items() if getattr(field, "required", False))
    return {"required": required, "optional": sorted(own.keys() - set(required))}


if __name__ == "__main__":
    TABLE.write_text(text(table()), encoding="utf-8")
