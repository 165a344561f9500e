"""Each code of shape, with its exact words."""

import pytest
from mlopsc.diagnostics.codes import shape
from mlopsc.diagnostics.codes.base import Code

from tests.unit.spec.documents import faults_of

CASES = [
    # M201
    ("drift: {shedule: daily, tests: [{columns: [a]}]}", "M201", "unknown key `shedule` in `drift`", "did you mean `schedule`?"),
    ("modle: {name: a}", "M201", "unknown key `modle` at the top level", "did you mean `model`?"),
    ("cluster: {context: a}", "M201", "unknown key `cluster` at the top level", "`cluster` belongs under `environments.*`"),
    ("model: {name: a, drift: {}}", "M201", "unknown key `drift` in `model`", "`drift` belongs at the top level"),
    ("monitoring: {validation: {}}", "M201", "unknown key `validation` in `monitoring`", "`validation` belongs at the top level"),
    ("python: {zzzzzz: 1}", "M201", "unknown key `zzzzzz` in `python`", "known here: version, requirements"),
    # M202
    ("python: {version: 3.10}", "M202", "`python.version` must be text, not a number", "YAML reads `3.10` as `3.1`: quote it: '3.10'"),
    ("model: {name: a, owner: 7}", "M202", "`model.owner` must be text, not a whole number", "quote it: '7'"),
    ("drift: yes", "M202", "`drift` must be a mapping, not text", "its keys are schedule, reference, tests, correction, min_rows, min_effect, score"),
    ("own: Dockerfile", "M202", "`own` must be a list, not text", "a list of one is `[Dockerfile]`"),
    ("validation: {columns: {a: {unique: 1}}}", "M202", "`validation.columns.a.unique` must be true or false, not a whole number", "for example `true`"),
    ("costs: {keep_latest: true}", "M202", "`costs.keep_latest` must be a whole number, not true or false", "for example `5`"),
    ("serving: {replicas: three}", "M202", "`serving.replicas` must be a whole number or a mapping with `min` and `max`, not text", "for example `3`"),
    # M203
    ("scheduler: gihtub", "M203", "`gihtub` is not a word for `scheduler`", "did you mean `github`? allowed: github, airflow, cron, jenkins, events"),
    ("data: {path: a, engine: 3}", "M203", "`3` is not a word for `data.engine`", "allowed: pandas, spark"),
    ("validation: {columns: {a: {nulls: forbiden}}}", "M203", "`forbiden` is not `forbidden`, `allowed`, or a share such as `1%`", "did you mean `forbidden`?"),
    ("drift: {tests: [{predictions: false}]}", "M203", "`false` is not a word for `drift.tests[0].predictions`", "allowed: true"),
    # M204
    ("model: {owner: a}", "M204", "`model` lacks `name`", "for example `name: churn`"),
    ("outcomes: {path: a, id: b}", "M204", "`outcomes` lacks `value`", "for example `value: churned`"),
    # M205
    ("drift: {min_rows: 0, tests: [{columns: [a]}]}", "M205", "`0` is out of range: it must be at least 1", ""),
    ("serving: {replicas: 0}", "M205", "`0` is out of range: it must be at least 1", ""),
    ("delivery: {deploys_per_week: {min: 0}}", "M205", "`0` is out of range: it must be more than 0", ""),
    # M206
    ("model: {name: Churn-}", "M206", "`Churn-` is not a name", "small letters, digits and dashes; a letter first, no dash last, at most 40 characters"),
    ("environments: {Prod: {}}", "M206", "`Prod` is not a name", "small letters, digits and dashes; a letter first, no dash last, at most 40 characters"),
    ("serving: {image: 'acme/churn:1'}", "M206", "`acme/churn:1` is not an image without a tag", "e.g. `ghcr.io/acme/churn`; tags and digests are set when a version is built"),
    ("ci: {provider: github, lint: ' ruff '}", "M206", "` ruff ` is not a command", "one line for the shell; put more into a script"),
    # M207
    ("deployment: {steps: [5]}", "M207", "`5` is not a share such as `5%`, above 0% and up to 100%", "write `5%`; as a fraction `5` would be 500%"),
    ("deployment: {steps: [0.05]}", "M207", "`0.05` is not a share such as `5%`, above 0% and up to 100%", "write `5%`"),
    ("serving: {slo: {error_rate: 1}}", "M207", "`1` is not a rate such as `1%` or `0.01`", "write `1%`; as a fraction `1` would be 100%"),
    ("ab_test: {traffic: 10 %, for: 7d, metric: f1}", "M207", "`10 %` is not a share such as `5%`, above 0% and up to 100%", "write `10%`"),
    # M208
    ("deployment: {hold: 10 minutes}", "M208", "`10 minutes` is not a duration such as `30s`, `10m`, `6h` or `7d`", "write `10m`"),
    ("deployment: {hold: 10}", "M208", "`10` is not a duration such as `30s`, `10m`, `6h` or `7d`", "say of what: `10s`, `10m`, `10h`, `10d`"),
    ("deployment: {hold: 2w}", "M208", "`2w` is not a duration such as `30s`, `10m`, `6h` or `7d`", "write `14d`"),
    # M209
    ("drift: {schedule: every 5 hours, tests: [{columns: [a]}]}", "M209", "`every 5 hours` is not a schedule", "5 does not divide 24 evenly: say `every 4 hours` or `every 6 hours`"),
    ("drift: {schedule: '@weekly', tests: [{columns: [a]}]}", "M209", "`@weekly` is not a schedule", "say `weekly`"),
    ("drift: {schedule: banana, tests: [{columns: [a]}]}", "M209", "`banana` is not a schedule", "`hourly`, `daily at 06:00`, `weekly on Monday at 06:00`, `monthly`, `every 6 hours`, or a cron"),
    ("drift: {schedule: 0 0 31 2 *, tests: [{columns: [a]}]}", "M209", "`0 0 31 2 *` is not a schedule", "that day never comes"),
    ("drift: {schedule: 0 25 * * *, tests: [{columns: [a]}]}", "M209", "`0 25 * * *` is not a schedule", "`25` cannot stand for the hour (0 to 23)"),
    # M210
    ("version: 2", "M210", "`2` is no version of the language", "this compiler reads `version: 1`"),
    ("version: '1'", "M210", "`1` is no version of the language", "this compiler reads `version: 1`"),
    # M211
    ("registry: {gate: [{metric: f1, by: 0}]}", "M211", "`0` is not a difference: a number (absolute) or a percentage (relative), above 0", "`0.005` is an absolute difference, `2%` a relative one"),
    # M212
    ("connections: {smtp: {password: hunter2}}", "M212", "a secret stands here in plain text", "write `{secret: NAME}` and put the value into that variable"),
    ("monitoring: {notify: {slack: {env: SLACK}}}", "M212", "`env` cannot hold what must stay secret", "write `{secret: SLACK}` and put the value into that variable"),
    ("tracking: {uri: {env: mlflow-uri}}", "M212", "`mlflow-uri` is not the name of a variable", "write `MLFLOW_URI`"),
    ("tracking: {uri: {variable: A}}", "M212", "`{variable}` is not a reference", "write a value, `{env: NAME}` or `{secret: NAME}`"),
    # M213
    ("serving: {resources: {limits: {memory: 512m}}}", "M213", "`512m` is not an amount of memory such as `512Mi` or `1Gi`", "`m` means thousandths of a byte: write `512Mi`"),
    ("serving: {traffic: 20}", "M213", "`20` is not a rate such as `20/s`, `5/m` or `100/h`", "say per what: `/s`, `/m` or `/h`"),
    ("monitoring: {alerts: [{metric: a, above: 3x}]}", "M213", "`3x` is not a number, a percentage or a time such as `200ms`", "e.g. `0.1`, `1%`, `200ms`"),
    # M214
    ("drift: {tests: []}", "M214", "`drift.tests` needs at least one entry", "for example `[{columns: [age], method: ks, p_value: 0.05}]`"),
    ("pipeline: {stages: {}}", "M214", "`pipeline.stages` needs at least one entry", "for example `{train: {cmd: python src/train.py, deps: [src/train.py], outs: [models/model]}}`"),
    ("validation: {columns: {a: {between: [0]}}}", "M214", "`validation.columns.a.between` needs 2 entries", "for example `[0, 120]`"),
    ("validation: {columns: {a: {between: [0, 1, 2]}}}", "M214", "`validation.columns.a.between` takes 2 entries, not 3", "for example `[0, 120]`"),
    # M215
    ("data: {path: }", "M215", "`data.path` has no value", "for example `data/customers.csv`; or remove the key"),
    ("model:\n", "M215", "`model` has no value", "remove it"),
    ("monitoring:\n  notify:\n    slack: #ml-alerts\n", "M215", "`monitoring.notify.slack` has no value", "a `#` after a blank starts a comment: quote text that starts with one"),
    ("own: [null]", "M215", "`own[0]` has no value", "remove it"),
    # M216
    ("validation: {columns: {a: {matches: '('}}}", "M216", "`(` is not a regular expression: missing ), unterminated subpattern at position 0", "correct it at that position"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "message", "hint"), CASES, ids=[f"{c[1]} {c[0][:40]}" for c in CASES])
def test_the_exact_words(text: str, code: str, message: str, hint: str) -> None:
    (found,) = faults_of(text)
    assert (found.code, found.message, found.hint) == (code, message, hint)


def test_every_code_has_a_case() -> None:
    codes = {name for name, value in vars(shape).items() if isinstance(value, type) and issubclass(value, Code)}
    assert {code for _, code, _, _ in CASES} == codes - {"Code", "M217"}


@pytest.mark.parametrize("name", sorted({case[1] for case in CASES}))
def test_the_documented_example_has_the_fault(name: str) -> None:
    assert name in {found.code for found in faults_of(getattr(shape, name).example)}


def test_each_fault_stands_where_it_is_written() -> None:
    text = "version: 1\nmodel: {name: a, ownr: b}\ndeployment:\n  steps: [5%, 25]\nenvironments:\n  Prod: {}\n"
    places = {d.code: (d.span.line, d.span.column) for d in faults_of(text) if d.span}
    assert places == {"M201": (2, 18), "M207": (4, 15), "M206": (6, 3)}


def test_all_faults_of_a_run_are_told_in_order() -> None:
    text = "version: 1\nzz: 1\nmodel: {name: A, owner: 3}\ndata: {engine: x}\nenvironments: {a: {serving: {replicas: x}}}\n"
    found = faults_of(text)
    assert [d.code for d in found] == ["M201", "M206", "M202", "M204", "M203", "M202"]
    assert found == tuple(sorted(found, key=lambda d: d.span.line if d.span else 0))


def test_one_mistake_is_told_once() -> None:
    for text in ("deployment: {steps: [5]}", "validation: {columns: {a: {nulls: x}}}", "drift: {tests: [{zz: 1}]}"):
        assert len(faults_of(text)) == 1


