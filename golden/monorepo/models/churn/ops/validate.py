"""Validate data against config/suite.json with Great Expectations.

A check that fails blocks, or only warns where the suite says `on_failure: warn`. What could not be
checked (no rows or values, a malformed file, an unknown expectation, an exception) always blocks.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tables import MalformedError, find, load
from verdict import Outcome, bounds, counted, plain, run

if TYPE_CHECKING:
    import pandas as pd

DOCS = Path("reports", "data_docs")
FIGURES = ("element_count", "missing_count", "unexpected_count", "unexpected_percent", "observed_value")
NOT_NULL = "expect_column_values_to_not_be_null"
PHRASES = {
    NOT_NULL: "are null",
    "expect_column_values_to_be_unique": "are not unique",
    "expect_column_values_to_be_in_set": "are not one of {value_set}",
    "expect_column_values_to_match_regex": "do not match {regex}",
    "expect_column_values_to_be_between": "are not {bounds}",
    "expect_table_row_count_to_be_between": "{observed} rows, not {bounds}",
}


class Validator:
    """A suite made ready once, which judges any number of tables."""

    def __init__(self, suite: dict[str, Any]) -> None:
        """Start Great Expectations; raise ValueError for keywords that an expectation refuses."""
        os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig
        from great_expectations.expectations.registry import list_registered_expectation_implementations

        self.settings = suite["meta"]
        registered = set(list_registered_expectation_implementations())
        wanted = [self._ordered(*item) for item in enumerate(suite["expectations"])]
        # Great Expectations drops what it does not know, and then finds nothing wrong.
        self.unknown = [e["type"] for e in wanted if e["type"] not in registered]
        self.known = [e for e in wanted if e["type"] in registered]
        self.context = gx.get_context(mode="ephemeral")
        self.context.variables.progress_bars = ProgressBarsConfig(globally=False)
        self.suite = self.context.suites.add(gx.ExpectationSuite(suite["name"], expectations=self.known))
        asset = self.context.data_sources.add_pandas("files").add_dataframe_asset(suite["name"])
        self.batches = asset.add_batch_definition_whole_dataframe("all")
        definition = gx.ValidationDefinition(name=suite["name"], data=self.batches, suite=self.suite)
        self.definition = self.context.validation_definitions.add(definition)

    def judge(self, files: list[str], check: Callable[[pd.DataFrame], list[Any]]) -> Outcome:
        """Read the files as one table and check every expectation of the suite on it."""
        try:
            table = load(files, self.settings["data"]["format"], self.settings["types"])
        except MalformedError as fault:
            return Outcome("blocked", {"files": len(files)}, [str(fault)])
        raw = sorted(check(table.frame), key=lambda result: result.expectation_config.meta["order"])
        results = table.faults + [_described(_readable(r, table.faults), table.frame) for r in raw]
        unchecked = self._unchecked(table.frame, len(raw))
        unchecked += [result["reason"] for result in results if not result["checked"]]
        found = [result["reason"] for result in results if result["reason"]]
        # A missing column fails each of its checks, and is one reason.
        reasons = list(dict.fromkeys(unchecked + found))
        severe = unchecked or self.settings["on_failure"] != "warn"
        verdict = "passed" if not reasons else "blocked" if severe else "warned"
        counts = {"rows": len(table.frame), "files": len(files), "evaluated": len(raw)}
        return Outcome(verdict, counts | {"failed": len(reasons)}, reasons, results)

    def full(self, frame: pd.DataFrame) -> list[Any]:
        """Return all results with their figures, and keep them for the Data Docs."""
        return list(self.definition.run(batch_parameters={"dataframe": frame}, result_format="BASIC").results)

    def quick(self, frame: pd.DataFrame) -> list[Any]:
        """Return all results, with figures only if one failed, and keep none: a watcher must not grow."""
        batch = self.batches.get_batch({"dataframe": frame})
        answer: Any = batch.validate(self.suite, result_format="BOOLEAN_ONLY")
        return list((answer if answer.success else batch.validate(self.suite, result_format="BASIC")).results)

    def write_docs(self) -> None:
        """Write the Data Docs of the suite and of what `full` found."""
        shutil.rmtree(DOCS, ignore_errors=True)
        store = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(DOCS.resolve())}
        site: Any = {"class_name": "SiteBuilder", "store_backend": store}
        self.context.add_data_docs_site("reports", site)
        self.context.build_data_docs(["reports"])
        print(f"Data Docs: {DOCS / 'index.html'}")

    def _ordered(self, place: int, expectation: dict[str, Any]) -> dict[str, Any]:
        """Return an expectation that knows its place, and times as times."""
        import pandas as pd

        kwargs = dict(expectation["kwargs"])
        if self.settings["types"].get(kwargs.get("column")) == "timestamp":
            for bound in [key for key in ("min_value", "max_value") if isinstance(kwargs.get(key), str)]:
                kwargs[bound] = pd.to_datetime(kwargs[bound], utc=True).tz_localize(None)
        return expectation | {"kwargs": kwargs, "meta": expectation.get("meta", {}) | {"order": place}}

    def _unchecked(self, frame: pd.DataFrame, evaluated: int) -> list[str]:
        lines = [f"{name}: Great Expectations knows no such expectation" for name in self.unknown]
        if evaluated != len(self.known):
            lines.append(f"{evaluated} expectations were evaluated instead of {len(self.known)}")
        if frame.empty:
            return [*lines, "the data has no rows"]
        empty = [name for name in self.settings["checked"] if name in frame and frame[name].isna().all()]
        return lines + [f"{name}: there is no value to check" for name in empty]


def _described(result: Any, frame: pd.DataFrame) -> dict[str, Any]:
    """Return a result in short: whether it could be checked, why it failed, and its figures."""
    config, found, success = result.expectation_config, result.result, bool(result.success)
    kind, kwargs = config.type, config.kwargs
    single = [kwargs[key] for key in ("column", "column_A", "column_B") if key in kwargs]
    columns = single + (kwargs.get("column_list") or [])
    name, error = ", ".join(columns) or "table", _exception(result.exception_info)
    if missing := [column for column in columns if column not in frame]:
        reason, error = f"{missing[0]}: the column is missing", ""
    elif error:
        reason = f"{name}: {kind} could not be checked: {error}"
    else:
        reason = "" if success else _sentence(name, kind, kwargs, found)
    head = {"type": kind, "column": name, "success": success, "checked": not error, "reason": reason}
    return head | {key: found[key] for key in FIGURES if key in found}


def _readable(result: Any, faults: list[dict[str, Any]]) -> Any:
    """Return a result whose nulls are the real ones, without the values that cannot be read."""
    config, found = result.expectation_config, result.result
    unread = {fault["column"]: fault.get("unexpected_count", 0) for fault in faults}
    count = unread.get(config.kwargs.get("column"))
    if count and config.type == NOT_NULL and "unexpected_count" in found:
        found["unexpected_count"] -= count
        found["unexpected_percent"] = 100 * found["unexpected_count"] / found["element_count"]
        result.success = found["unexpected_percent"] <= 100 * (1 - config.kwargs.get("mostly", 1)) + 1e-9
    return result


def _exception(info: dict[str, Any]) -> str:
    # Great Expectations gives one record, or one for each metric.
    records = [info] if "raised_exception" in info else list(info.values())
    raised = [str(record["exception_message"]) for record in records if record["raised_exception"]]
    return " ".join(raised[0].split()) if raised else ""


def _sentence(name: str, kind: str, kwargs: dict[str, Any], found: dict[str, Any]) -> str:
    limits, values = bounds(kwargs), ", ".join(map(plain, kwargs.get("value_set") or []))
    words = kwargs | {"value_set": values, "bounds": limits, "observed": plain(found.get("observed_value"))}
    if "unexpected_count" not in found:
        other = f"{kind} found {{observed}}" + (", not {bounds}" if limits else "")
        return f"{name}: {PHRASES.get(kind, other).format_map(words)}"
    phrase = PHRASES.get(kind, f"fail {kind}").format_map(words)
    if (mostly := kwargs.get("mostly", 1)) < 1:
        phrase += f" (allowed: {100 * (1 - mostly):.3g}%)"
    total = found["element_count"] - found.get("missing_count", 0)
    examples = [] if kind == NOT_NULL else found.get("partial_unexpected_list", [])
    return counted(name, found["unexpected_count"], total, phrase, examples)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return 0 for passed or warned, 3 for blocked, 2 for an error."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", metavar="PATH", help="file, glob, folder or URL instead of the suite's")
    parser.add_argument("--suite", metavar="FILE", default="config/suite.json")
    parser.add_argument("--no-docs", action="store_true", help="write no Data Docs")
    parser.add_argument("--watch", metavar="DIR", type=Path, help="validate each file as it arrives")
    parser.add_argument("--once", action="store_true", help="with --watch: end when all are done")
    parser.add_argument("--interval", metavar="SECONDS", type=float, default=1.0, help="between two looks")
    options = parser.parse_args(arguments)
    return run("watch" if options.watch else "validate", lambda: _work(options))


def _work(options: argparse.Namespace) -> Outcome:
    suite = json.loads(Path(options.suite).read_text(encoding="utf-8"))
    data = suite["meta"]["data"]
    files = [] if options.watch else find(options.data or data["path"], data["format"])
    validator = Validator(suite)
    if options.watch:
        from watch import Inbox, watch

        inbox = Inbox(options.watch, data["format"], partial(validator.judge, check=validator.quick))
        return watch(inbox, options.interval, options.once)
    outcome = validator.judge(files, validator.full)
    if not options.no_docs:
        validator.write_docs()
    return outcome


if __name__ == "__main__":
    sys.exit(main())
