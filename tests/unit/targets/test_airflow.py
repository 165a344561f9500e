"""Apache Airflow: which DAGs a spec becomes, when they run, and what each task runs. No Airflow is needed."""

import ast
from typing import Any

import pytest
import yaml
from mlopsc.diagnostics import Rejected

from tests.claims.compiling import compiled, files

SPEC: dict[str, Any] = {
    "version": 1,
    "model": {"name": "late-orders", "artifact": "models/model", "owner": "@acme/ml"},
    "data": {"path": "data/orders.csv", "incoming": "incoming/"},
    "validation": {"columns": {"age": {"type": "integer", "min": 0}}},
    "pipeline": {
        "stages": {
            "train": {"cmd": "python train.py", "deps": ["data/orders.csv"], "outs": ["models/model"]},
            "evaluate": {"cmd": "python evaluate.py", "deps": ["models/model"], "metrics": ["m.json"]},
        }
    },
    "tracking": {"uri": {"env": "MLFLOW_TRACKING_URI"}},
    "registry": {"gate": [{"metric": "accuracy", "min": 0.6}]},
    "drift": {"schedule": "hourly", "tests": [{"columns": ["age"], "method": "ks", "p_value": 0.01}]},
    "retraining": {"triggers": {"drift": True, "schedule": "weekly"}},
    "scheduler": "airflow",
}
PODS = {"cluster": {"namespace": "ml"}, "image": "ghcr.io/acme/late:1", "volume": "late-repository"}
SERVED = {
    "serving": {"image": "ghcr.io/acme/late", "inputs": {"age": "integer"}, "slo": {"error_rate": "1%"}},
    "deployment": {"strategy": "rolling", "test": "pytest tests/integration"},
}
Calls = dict[str, dict[str, Any]]


def spec(**sections: Any) -> str:
    """Return the spec with other sections; one that is None is left out."""
    whole = {name: value for name, value in (SPEC | sections).items() if value is not None}
    return str(yaml.safe_dump(whole, sort_keys=False))


def text(**sections: Any) -> str:
    """Return the file of DAGs."""
    return files(spec(**sections))["dags/mlops_late_orders.py"]


class Dags:
    """What a file of DAGs says, read without Airflow: keyword arguments, and the calls in each chain."""

    def __init__(self, source: str) -> None:
        self.arguments: Calls = {}
        self.chains: dict[str, list[list[str]]] = {}
        self.tasks: dict[str, Calls] = {}
        for node in ast.parse(source).body:
            if isinstance(node, ast.With):
                self._read(node)

    def _read(self, node: ast.With) -> None:
        call = node.items[0].context_expr
        assert isinstance(call, ast.Call)
        name = str(ast.literal_eval(call.args[0]))
        self.arguments[name] = {each.arg: each.value for each in call.keywords if each.arg}
        chains = [each.value for each in node.body if isinstance(each, ast.Expr)]
        links = [
            [each for each in chain.args if isinstance(each, ast.Call)]
            for chain in chains
            if isinstance(chain, ast.Call)
        ]
        self.chains[name] = [[str(ast.literal_eval(each.args[0])) for each in chain] for chain in links]
        self.tasks[name] = {
            str(ast.literal_eval(each.args[0])): {
                k.arg or "": ast.literal_eval(k.value) for k in each.keywords
            }
            for chain in links
            for each in chain
            if isinstance(each.func, ast.Name)
        }

    def schedule(self, name: str) -> tuple[str, list[str]]:
        """Return the cron expression and the assets of a DAG."""
        call = self.arguments[name]["schedule"]
        assert isinstance(call, ast.Call)
        cron, assets = map(ast.literal_eval, call.args)
        return cron, assets


def dags(**sections: Any) -> Dags:
    """Return what the file of DAGs says."""
    return Dags(text(**sections))


def test_each_section_has_its_dag_and_its_time() -> None:
    found = dags()
    assert found.schedule("late-orders-validate") == ("", ["mlops://late-orders/data"])
    assert found.schedule("late-orders-drift") == ("0 * * * *", ["mlops://late-orders/validated"])
    assert found.schedule("late-orders-retrain") == ("0 0 * * 1", ["mlops://late-orders/drifted"])
    assert found.arguments.keys() == {"late-orders-validate", "late-orders-drift", "late-orders-retrain"}


def test_a_training_is_decided_taken_step_by_step_and_settled() -> None:
    found = dags()
    (chain,) = found.chains["late-orders-retrain"]
    assert chain == ["begin", "fetch", "new_data", "validate", "pipeline", "register", "promote", "end"]
    tasks = found.tasks["late-orders-retrain"]
    assert tasks["begin"] == {
        "run": ["ops/retrain.py", "--begin"],
        "says": "retrain",
        "quiet": True,
        "called": True,
    }
    assert tasks["promote"] == {"run": ["ops/promote.py"], "version_of": "register"}
    assert tasks["end"]["trigger_rule"] == "all_done" and tasks["end"]["retries"] == 0
    assert tasks["end"]["needs"] == ["begin", "due"]


def test_without_a_validation_none_is_waited_for() -> None:
    found = dags(validation=None)
    assert "late-orders-validate" not in found.arguments
    assert found.schedule("late-orders-drift") == ("0 * * * *", [])
    assert "validate" not in found.tasks["late-orders-retrain"]


def test_drift_is_a_result_and_asks_for_a_training_where_it_was_found() -> None:
    tasks = dags().tasks["late-orders-drift"]
    assert tasks["drift"] == {"run": ["ops/drift.py"], "judged": True}
    assert tasks["drifted"] == {"emits": "mlops://late-orders/drifted", "needs": ["drift", "drift"]}


def test_what_no_verdict_says_is_looked_at_by_the_training_after_each_check() -> None:
    triggers = {"drift": True, "new_records": {"above": 100}}
    tasks = dags(retraining={"triggers": triggers}).tasks["late-orders-drift"]
    assert tasks["drifted"]["needs"] == []


def test_history_is_kept_also_where_there_is_no_drift() -> None:
    monitoring = {"history": "influxdb"}
    connections = {"influxdb": {"url": "http://influxdb:8086"}}
    found = dags(monitoring=monitoring, connections=connections)
    assert found.chains["late-orders-drift"] == [["drift", "drifted", "history"]]
    assert found.tasks["late-orders-drift"]["history"]["trigger_rule"] == "none_failed"


def test_new_records_are_counted_by_a_clock_of_their_own() -> None:
    retraining = {"triggers": {"schedule": "monthly", "new_records": {"above": 100}}}
    found = dags(drift=None, retraining=retraining)
    assert found.schedule("late-orders-records") == ("0 * * * *", [])
    assert found.schedule("late-orders-retrain") == ("0 0 1 * *", ["mlops://late-orders/records"])


def test_a_pipeline_without_triggers_is_started_by_hand_alone() -> None:
    found = dags(retraining=None)
    assert found.schedule("late-orders-retrain") == ("", [])
    assert found.chains["late-orders-retrain"] == [["fetch", "validate", "pipeline", "register", "promote"]]


def test_a_job_of_any_other_target_has_its_dag() -> None:
    scoring = {"cmd": "python score.py", "input": "in.csv", "output": "out.csv", "schedule": "daily at 04:00"}
    found = dags(scoring=scoring)
    assert found.schedule("late-orders-score") == ("0 4 * * *", [])
    assert found.tasks["late-orders-score"] == {"score": {"run": ["ops/score.py"]}}


def test_the_clock_is_in_the_zone_of_the_spec() -> None:
    assert 'TIMEZONE = "Europe/Vienna"' in text(timezone="Europe/Vienna")
    assert "CronTriggerTimetable(cron, timezone=TIMEZONE)" in text()


def test_retries_times_pool_and_owner_are_those_of_the_spec() -> None:
    said = text(airflow={"retries": 3, "retry_delay": "2m", "timeout": "90m", "pool": "gpu"})
    for line in (
        '"retries": 3,',
        '"retry_delay": timedelta(seconds=120),',
        '"execution_timeout": timedelta(seconds=5400),',
        '"pool": "gpu",',
        '"owner": "@acme/ml",',
        '"tags": ["mlops", "late-orders", "@acme/ml"],',
        '"catchup": False,',
        '"max_active_runs": 1,',
        '"retry_exponential_backoff": TWICE,',
    ):
        assert line in said
    assert '"pool"' not in text()


def test_a_stop_is_a_skip_and_no_error_is_given_up() -> None:
    said = text()
    assert "raise AirflowSkipException" in said
    assert "AirflowFailException" not in said


def test_people_are_told_where_the_spec_names_somebody() -> None:
    told = text(monitoring={"notify": {"slack": {"secret": "SLACK"}}})
    assert '"on_failure_callback": failed,' in told and "ops/notify.py" in told
    assert "failed" not in text().replace("one that fails", "") and "notify" not in text()


def test_nothing_heavy_is_imported_while_the_file_is_read() -> None:
    stdlib = {
        "__future__",
        "datetime",
        "functools",
        "json",
        "operator",
        "os",
        "pathlib",
        "signal",
        "subprocess",
    }
    nodes = list(ast.walk(ast.parse(text())))
    named = {each.name for node in nodes if isinstance(node, ast.Import) for each in node.names}
    named |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in named} == stdlib | {"typing", "airflow"}
    assert not [name for name in named if "providers" in name]


def test_the_last_environment_is_that_of_a_training() -> None:
    assert 'ENVIRONMENT = {"MLOPS_ENV": "production"}' in text(environments={"staging": {}, "production": {}})
    assert "ENVIRONMENT: dict[str, str] = {}" in text()


def test_hooks_run_within_the_programs_alone() -> None:
    hooks = {"before_train": "make stock", "after_evaluate": "make report"}
    made = files(spec(hooks=hooks))
    assert "make stock" not in made["dags/mlops_late_orders.py"]
    assert "make stock" in made["dvc.yaml"] and "make report" in made["dvc.yaml"]


def test_a_description_is_text_and_nothing_else() -> None:
    hostile = '{{ var.value.get("x") }} """ + exit() # notes.md'
    model = {**SPEC["model"], "description": hostile, "owner": '"); exit(("'}
    found = dags(model=model)
    joined = found.arguments["late-orders-drift"]["doc_md"]
    lines = ast.literal_eval(joined.args[0])
    assert " ".join(lines).startswith(hostile)
    # A text that ends so would be read as a file.
    assert not lines[-1].endswith(".md")
    assert not [
        each
        for each in ast.walk(ast.parse(text(model=model)))
        if isinstance(each, ast.Call) and getattr(each.func, "id", "") == "exit"
    ]


def test_versions_come_into_service_place_by_place_and_go_back_if_they_are_bad() -> None:
    found = dags(**SERVED, environments={"staging": {}, "production": {}})
    training, serving, *back = found.chains["late-orders-retrain"]
    assert training[-2:] == ["register", "end"]
    assert serving == [
        "register",
        "image",
        "deploy-staging",
        "integration-test",
        "verify-staging",
        "deploy-production",
        "verify-production",
        "promote",
    ]
    assert back == [["verify-staging", "back-out-staging"], ["verify-production", "back-out-production"]]
    tasks = found.tasks["late-orders-retrain"]
    assert tasks["deploy-production"]["needs"] == ["verify-staging", "done"]
    assert tasks["promote"]["needs"] == ["verify-production", "done"]
    assert tasks["back-out-production"] == {
        "run": ["ops/deploy.py", "--back"],
        "says": "back-out",
        "given": {"MLOPS_ENV": "production"},
        "version_of": "register",
        "needs": ["deploy-production", "done"],
        "unless": ["verify-production", "done"],
        "trigger_rule": "all_done",
    }


def test_the_image_of_a_cluster_is_pushed() -> None:
    cluster = {"cluster": {"context": "prd", "namespace": "ml"}}
    tasks = dags(**SERVED, environments={"staging": {}, "production": cluster}).tasks["late-orders-retrain"]
    assert tasks["image"]["given"] == {"MLOPS_ENV": "production", "PUSH": "1"}
    assert "PUSH" not in text(**SERVED, environments={"staging": {}, "production": {}})


def test_what_must_be_approved_is_started_by_hand() -> None:
    found = dags(**SERVED, environments={"staging": {}, "production": {"approval": True}})
    (_, serving, _) = found.chains["late-orders-retrain"]
    assert serving[-1] == "verify-staging"
    assert found.schedule("late-orders-deploy") == ("", [])
    deploy = found.chains["late-orders-deploy"][0]
    assert deploy == ["image", "deploy-production", "verify-production", "promote"]
    assert found.tasks["late-orders-deploy"]["promote"]["called"]


def test_where_a_ci_deploys_it_is_asked_to_and_promotes() -> None:
    environments = {"staging": {}, "production": {}}
    found = dags(**SERVED, environments=environments, ci={"provider": "github"})
    (chain,) = found.chains["late-orders-retrain"]
    assert chain[-3:] == ["register", "dispatch-deploy", "end"]
    assert found.tasks["late-orders-retrain"]["dispatch-deploy"]["version_of"] == "register"


def test_a_rollout_holds_no_task_and_is_finished_by_a_dag_of_its_own() -> None:
    canary = {"strategy": "canary", "provider": "none", "steps": ["33%"], "hold": "10m"}
    serving = {**SERVED["serving"], "replicas": 4}
    found = dags(
        serving=serving,
        deployment=canary,
        connections={"prometheus": {"url": "http://prometheus:9090"}},
        environments={"production": {"cluster": {"context": "prd", "namespace": "ml"}}},
    )
    assert found.tasks["late-orders-retrain"]["deploy-production"]["given"]["FOLLOW"] == "0s"
    assert found.chains["late-orders-promote"] == [["finish-rollout-production"]]
    assert found.schedule("late-orders-promote")[0].endswith(" * * * *")


def test_a_test_on_users_is_looked_at_and_what_it_decides_is_acted_on() -> None:
    serving = {
        "image": "ghcr.io/acme/late",
        "inputs": {"age": "integer"},
        "slo": {"error_rate": "1%"},
        "replicas": 4,
        "traffic": "50/s",
        "prediction_log": {"path": "s3://acme/predictions/"},
    }
    found = dags(
        data={**SPEC["data"], "id": "order"},
        outcomes={"path": "data/outcomes.csv", "id": "order", "value": "late", "delay": "1d"},
        serving=serving,
        deployment={"strategy": "canary", "provider": "istio", "steps": ["20%"], "hold": "10m"},
        ab_test={"traffic": "20%", "for": "7d", "metric": "accuracy", "improves_by": "1%"},
        connections={"prometheus": {"url": "http://prometheus:9090"}},
        environments={"production": {"cluster": {"context": "prd", "namespace": "ml"}}},
    )
    assert found.chains["late-orders-ab-test"] == [["ab-test-production", "decided-production"]]
    tasks = found.tasks["late-orders-ab-test"]
    assert tasks["ab-test-production"]["given"] == {"MLOPS_ENV": "production"}
    assert tasks["decided-production"] == {
        "emits": "mlops://late-orders/decided",
        "needs": ["ab-test-production", "promote", "keep", "undecided"],
    }
    assert found.schedule("late-orders-promote")[1] == ["mlops://late-orders/decided"]


def test_in_a_cluster_each_task_is_a_pod_and_nothing_goes_through_airflow() -> None:
    said = text(airflow=PODS)
    assert "KubernetesPodOperator" in said and "subprocess" not in said and "xcom_pull" not in said
    assert '"claimName": "late-repository"' in said and '"image": "ghcr.io/acme/late:1"' in said
    assert "skip_on_exit_code=ASKS" in said and "do_xcom_push=False" in said
    assert 'template_fields = ("env_vars",)' in said
    assert "ops/task.py" in files(spec(airflow=PODS)) and "ops/task.py" not in files(spec())


def test_forty_models_share_a_folder_and_nothing_else() -> None:
    sources, ids = set(), set()
    for number in range(40):
        model = {**SPEC["model"], "name": f"m-{number}"}
        made = files(spec(model=model, airflow={"dags": "shared/dags"}), f"models/m{number}/mlops.yaml")
        (path,) = [path for path in made if path.endswith(f"mlops_m_{number}.py")]
        assert path == f"shared/dags/mlops_m_{number}.py"
        assert f'FOLDER, VARIABLE = "../../models/m{number}", "MLOPS_M_{number}_HOME"' in made[path]
        sources.add(path)
        names = set(Dags(made[path]).arguments)
        assert not names & ids
        ids |= names
        assert {part for part in made[path].split('"') if part.startswith("mlops://")} == {
            f"mlops://m-{number}/{name}" for name in ("data", "validated", "drifted")
        }
    assert len(sources) == 40 and len(ids) == 120


def test_no_kind_of_dag_ends_as_another_does() -> None:
    """Else the DAGs of `x` and of `x-nightly` could meet in one id."""
    kinds = ["validate", "drift", "retrain", "records", "deploy", "ab-test", "promote", "score", "history"]
    assert not [(a, b) for a in kinds for b in kinds if a.endswith(f"-{b}")]


def test_the_linker_knows_the_dags_and_what_their_tasks_run() -> None:
    done = compiled(spec())
    (item,) = [each.file for each in done.files if each.file.path == "dags/mlops_late_orders.py"]
    needed = {(need.kind.__name__, need.name) for need in item.needs}
    assert {("Program", "ops/drift.py"), ("Program", "ops/retrain.py"), ("Command", "register")} <= needed


def test_the_runbook_says_how_airflow_is_given_the_dags() -> None:
    said = files(spec(airflow={"pool": "gpu"}))["RUNBOOK.md"]
    for words in ("## Airflow", "dags/mlops\\_late\\_orders.py", "airflow pools set gpu 1 mlops", "At night"):
        assert words in said or words.replace("\\", "") in said
    assert "MLOPS_LATE_ORDERS_HOME" in said.replace("\\", "")


def test_pods_without_their_image_are_refused() -> None:
    with pytest.raises(Rejected, match="and needs `image`"):
        files(spec(airflow={"cluster": {"namespace": "ml"}, "volume": "late-repository"}))
