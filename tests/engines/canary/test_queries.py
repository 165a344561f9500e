"""Each analysis query on promtool: what it answers where errors have no series, are all there is, or come late.

The queries of our controller are taken from its program, those of Argo Rollouts and Flagger from their goldens;
what they answer then goes through the controller's own verdict, or the limits that stand beside them.
"""

import importlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from tests.conftest_engines import engine
from tests.engines.prometheus.rules import promtool
from tests.trees import GOLDEN

OPS = Path(__file__).parents[3] / "templates/rollout/ops"
# Samples come every 15 s for 20 minutes; the window is the second half, with 40 of their steps.
WINDOW, LEAST, ERRORS, QUANTILE, BOUND = 600, 200, 0.01, 0.95, 0.5
NAN = "NaN"
NANS = " ".join([NAN] * 81)


@dataclass(frozen=True)
class Case:
    """Series of the canary by code, what is counted of them, and the verdict.

    A count is None where nothing is answered, and NAN where it is no number. `within` is the bucket of the limit,
    `all_of` the histogram's count; `others` are series that are not the canary's.
    """

    codes: dict[str, str]
    requests: float | str | None
    errors: float | str | None
    verdict: str
    within: str = "0+10x80"
    all_of: str = "0+10x80"
    slow: float | str | None = 0.0
    others: tuple[tuple[dict[str, str], str], ...] = field(default=())


SOUND = {"200": "0+10x80", "500": "0x80"}
CASES = {
    "no series of errors": Case({"200": "0+10x80"}, 400, None, "good"),
    "errors at 0 from the start": Case(SOUND, 400, 0, "good"),
    "all are errors": Case({"500": "0+10x80"}, 400, 400, "bad"),
    "a refused input is an error": Case({"200": "0+9x80", "422": "0+1x80"}, 400, 40, "bad"),
    "a wrong address is none": Case({"200": "0+9x80", "404": "0+1x80"}, 400, None, "good"),
    # Why the service has every code from the start: what is born with its first errors has not risen.
    "errors born late": Case({"200": "0+10x80", "500": "_x60 8x20"}, 400, 0, "good"),
    "errors that come late": Case({"200": "0+10x80", "500": "0x59 8x20"}, 408, 8, "bad"),
    "a canary born late": Case(
        {"200": "_x41 0+10x39"}, 390, None, "good", "_x41 0+10x39", "_x41 0+10x39", 0
    ),
    "too few": Case({"200": "_x61 0+10x19"}, 190, None, "no data", "_x61 0+10x19", "_x61 0+10x19", 0),
    "just enough": Case({"200": "0+5x80"}, 200, None, "good", "0+5x80", "0+5x80", 0),
    "none at all": Case({"200": "0x80", "500": "0x80"}, 0, 0, "no data", "0x80", "0x80", 0),
    "nobody knows it": Case({}, None, None, "no data", "", "", None),
    "no number": Case(
        {"200": NANS, "500": NANS}, NAN, NAN, "no data", NANS, NANS, NAN
    ),
    "exactly the threshold": Case({"200": "0+9x80", "400": "0x59 36x20", "500": "0x59 4x20"}, 400, 4, "good"),
    "one more than that": Case({"200": "0+9x80", "400": "0x59 35x20", "500": "0x59 5x20"}, 400, 5, "bad"),
    "exactly as many slow ones": Case({"200": "0+10x80"}, 400, None, "good", "0+9.5x80", slow=20),
    "one more slow one": Case({"200": "0+10x80"}, 400, None, "bad", "0+9.5x59 569+9.5x20", slow=21),
    "all are slow": Case({"200": "0+10x80"}, 400, None, "bad", "0x80", slow=400),
    "a pod that was restarted": Case({"200": "0+10x59 0+10x20"}, 390, None, "good"),
    "stable is broken": Case(
        SOUND, 400, 0, "good", others=(({"track": "stable", "code": "500"}, "0+50x80"),)
    ),
    "another environment is broken": Case(
        SOUND, 400, 0, "good", others=(({"environment": "staging", "code": "500"}, "0+50x80"),)
    ),
    "another model is broken": Case(
        SOUND, 400, 0, "good", others=(({"model": "other", "code": "500"}, "0+50x80"),)
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def modules() -> Iterator[tuple[ModuleType, ModuleType]]:
    """Return the controller's queries and verdict."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(OPS))
        yield importlib.import_module("rollout_queries"), importlib.import_module("rollout_verdict")


def group(name: str, labels: dict[str, str], questions: dict[str, Any]) -> dict[str, Any]:
    """Return a group of promtool's tests: None stands for no answer, and NAN for one that is no number."""
    case = CASES[name]
    rows = [("model_requests_total", {**labels, "code": code}, values) for code, values in case.codes.items()]
    rows += [("model_requests_total", {**labels, **other}, values) for other, values in case.others]
    for kind, own, values in (("count", {}, case.all_of), ("bucket", {"le": f"{BOUND!r}"}, case.within)):
        rows += [(f"model_request_duration_seconds_{kind}", {**labels, **own}, values)] if values else []
    series = [
        {
            "series": kind + "{" + ",".join(f'{key}="{value}"' for key, value in own.items()) + "}",
            "values": values,
        }
        for kind, own, values in rows
    ]
    tests = []
    for query, expected in questions.items():
        if expected == NAN:
            # It is there, and neither below nor above anything.
            tests.append(_test(f"count({query})", 1))
            tests.append(_test(f"count(({query}) >= 0)", None))
        else:
            tests.append(_test(query, expected))
    return {"name": name, "interval": "15s", "input_series": series, "promql_expr_test": tests}


def judged(folder: Path, groups: list[dict[str, Any]]) -> None:
    """Let promtool compare what is answered with what is expected."""
    engine("promtool")
    (folder / "tests.yml").write_text(yaml.safe_dump({"evaluation_interval": "15s", "tests": groups}))
    code, said = promtool(folder, "test", "rules", "tests.yml")
    assert not code, said


def _test(query: str, expected: float | None) -> dict[str, Any]:
    samples = [] if expected is None else [{"labels": "{}", "value": float(expected)}]
    return {"expr": query, "eval_time": "20m", "exp_samples": samples}


def test_what_the_controller_s_queries_answer(tmp_path: Path, modules: tuple[ModuleType, ModuleType]) -> None:
    queries, _ = modules
    labels = {"model": "churn", "environment": "production", "track": "canary"}
    requests, errors = queries.requests(labels, WINDOW), queries.errors(labels, WINDOW)
    slow = queries.slow(labels, WINDOW, BOUND)
    groups = [
        group(name, labels, {requests: case.requests, errors: case.errors, slow: case.slow})
        for name, case in CASES.items()
    ]
    judged(tmp_path, groups)


@pytest.mark.parametrize("name", CASES)
def test_the_verdict_on_what_is_answered(modules: tuple[ModuleType, ModuleType], name: str) -> None:
    """The answers go the way that the controller's own go: as the JSON of Prometheus."""
    queries, verdict = modules
    case = CASES[name]
    limits = {"error_rate": ERRORS, "latency_p95": BOUND}
    answers = iter([case.requests, case.errors, case.slow])

    def http(*_: object) -> tuple[int, bytes]:
        value = next(answers)
        result = [] if value is None else [{"metric": {}, "value": [0, str(value)]}]
        return 200, json.dumps(
            {"status": "success", "data": {"resultType": "vector", "result": result}}
        ).encode()

    config = {
        "prometheus": "http://p",
        "limits": limits,
        "model": "churn",
        "environment": "",
        "provider": "istio",
    }
    figures = queries.Prometheus(config, http, lambda _: None).figures(WINDOW)
    found = verdict.judge(figures, limits, LEAST, at_end=True)
    assert found.kind == case.verdict, found.why


def goldens() -> dict[str, tuple[str, dict[str, str]]]:
    """Return the queries of Argo Rollouts' and Flagger's verdicts: by their file and metric, with their labels."""
    found = {}
    for path in sorted([*GOLDEN.rglob("analysis-verdict.yaml"), *GOLDEN.rglob("metrictemplate-*.yaml")]):
        spec = yaml.safe_load(path.read_text())["spec"]
        metrics = spec.get("metrics") or [{"name": path.stem.removeprefix("metrictemplate-"), **spec}]
        for each in metrics:
            query = each.get("query") or each["provider"]["prometheus"]["query"]
            query = re.sub(r"\{\{\s*(args\.track|target)\s*\}\}", "canary", query)
            query = re.sub(r"\[(\d+s|\{\{\s*interval\s*\}\})\]", f"[{WINDOW}s]", query)
            query = re.sub(r">= \d+\)", f">= {LEAST})", query)
            query = re.sub(r'le="[^"]*"', f'le="{BOUND!r}"', query)
            labels = dict(re.findall(r'(model|environment)="([^"]*)"', query))
            found[f"{path.relative_to(GOLDEN).parts[0]}-{each['name']}"] = (
                query,
                labels | {"track": "canary"},
            )
    return found


def test_both_of_them_have_goldens() -> None:
    kinds = {name.rpartition("-")[2].rstrip("0123456789") for name in goldens()}
    assert {"errors", "p"} <= kinds
    assert len({name.partition("-")[0] for name in goldens()}) > 1


@pytest.mark.parametrize("golden", goldens())
def test_what_the_queries_of_other_controllers_answer(tmp_path: Path, golden: str) -> None:
    query, labels = goldens()[golden]
    of_errors = golden.endswith("errors")
    groups = []
    for name, case in CASES.items():
        counted = case.errors if of_errors else case.slow
        enough = not isinstance(case.requests, str) and (case.requests or 0) >= LEAST
        # Of what is no number there are not as many as are needed, either.
        share = float(counted or 0.0) / float(case.requests or 1) if enough else None
        groups.append(group(name, labels, {query: share}))
        limit = ERRORS if of_errors else 1 - QUANTILE
        assert case.verdict == "bad" or share is None or share <= limit + 1e-9
        assert (share is None) == (case.verdict == "no data")
    judged(tmp_path, groups)
