"""`dvc pull` and `dvc push` for real, against S3 on this machine: what is tried again, and what is not."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.engines.loop.conftest import dvc
from tests.engines.loop.project import Project

STAGE = "stages:\n  late:\n    cmd: echo 1 > late.txt\n    outs: [late.txt]\n"


@dataclass
class Kept:
    """A project whose data DVC keeps in a bucket."""

    project: Project
    bucket: Any
    slept: list[float] = field(default_factory=list)

    def run(self, command: str) -> dict[str, Any]:
        """Pull or push; return the report."""
        ops = self.project.ops
        code = ops["remote"].main([command], ops["remote"].World(sleep=self.slept.append))
        report = self.project.report(command)
        assert code == (2 if report["verdict"] == "error" else 0)
        return report

    def forget(self) -> None:
        """Remove data and cache, as a fresh clone has none."""
        for path in ("data/customers.csv", "shared", ".dvc/cache"):
            place = Path(path)
            shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)


@pytest.fixture
def kept(bare: Project, store: str, monkeypatch: pytest.MonkeyPatch) -> Kept:
    """Return a project with a file and a folder under DVC, nothing pushed, and credentials."""
    import boto3

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    name = bare.root.name.replace("_", "-")
    bucket = boto3.resource("s3", endpoint_url=store).create_bucket(Bucket=f"b-{name}")
    dvc(bare.root, "init", "-q")
    dvc(bare.root, "remote", "add", "-d", "store", f"s3://b-{name}/kept")
    dvc(bare.root, "remote", "modify", "store", "endpointurl", store)
    bare.write("shared/a.txt", "a")
    bare.write("shared/b.txt", "b")
    dvc(bare.root, "add", "-q", "data/customers.csv", "shared")
    bare.configure(data=bare.config["data"] | {"remote": f"s3://b-{name}/kept"})
    return Kept(bare, bucket)


def test_without_a_remote_there_is_nothing_to_do(bare: Project) -> None:
    def never(_command: str) -> tuple[int, str]:
        raise AssertionError

    for command in ("pull", "push"):
        assert bare.ops["remote"].main([command], bare.ops["remote"].World(dvc=never)) == 0
        assert bare.report(command)["verdict"] == "skipped"
        assert "no remote" in bare.report(command)["reasons"][0]


def test_there_and_back(kept: Kept, capfd: pytest.CaptureFixture[str]) -> None:
    assert kept.run("push")["verdict"] == "done"
    assert "4 files pushed" in capfd.readouterr().out
    kept.forget()
    assert (kept.run("pull")["verdict"], kept.slept) == ("done", [])
    assert Path("shared/b.txt").read_text() == "b"
    assert Path("data/customers.csv").exists()


@pytest.mark.parametrize("command", ["pull", "push"])
@pytest.mark.parametrize("key", ["", "half"])
def test_who_has_no_credentials_is_skipped_at_once(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, command: str, key: str
) -> None:
    if command == "pull":
        kept.run("push")
        kept.forget()
    # A workflow sets secrets that are not there to nothing.
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "")
    report = kept.run(command)
    assert (report["verdict"], kept.slept) == ("skipped", [])
    assert "no credentials for s3://" in report["reasons"][0]
    assert "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" in report["reasons"][1]
    assert "ci.cloud.aws_role" in report["reasons"][1]


@pytest.mark.parametrize("command", ["pull", "push"])
def test_credentials_that_are_refused_are_an_error_at_once(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    from moto import settings
    from moto.core.responses import ActionAuthenticatorMixin

    if command == "pull":
        kept.run("push")
        kept.forget()
    # From now on the server asks who somebody is.
    monkeypatch.setattr(settings, "INITIAL_NO_AUTH_ACTION_COUNT", 0)
    monkeypatch.setattr(ActionAuthenticatorMixin, "request_count", 0)
    report = kept.run(command)
    assert (report["verdict"], kept.slept) == ("error", [])
    assert "refuses access" in report["reasons"][0]
    assert "Forbidden" in report["reasons"][0]


def test_what_was_never_pushed_is_named(kept: Kept) -> None:
    kept.forget()
    report = kept.run("pull")
    assert (report["verdict"], kept.slept) == ("error", [])
    assert "never pushed" in report["reasons"][0]
    assert "data/customers.csv" in report["reasons"][0]
    assert "shared" in report["reasons"][0]


def test_a_file_of_a_folder_that_is_gone_is_named(kept: Kept) -> None:
    import hashlib

    kept.run("push")
    kept.forget()
    content = hashlib.md5(b"b").hexdigest()
    kept.bucket.Object(f"kept/files/md5/{content[:2]}/{content[2:]}").delete()
    report = kept.run("pull")
    assert report["verdict"] == "error"
    assert report["reasons"][0].endswith(f"is deleted: a file of shared, md5 {content}")


def test_a_push_says_what_is_nowhere(kept: Kept) -> None:
    kept.forget()
    report = kept.run("push")
    assert report["verdict"] == "done"
    assert "nobody can pull it: data/customers.csv, shared" in report["reasons"][0]


def test_what_no_stage_has_made_yet_is_no_error(kept: Kept) -> None:
    kept.run("push")
    kept.forget()
    kept.project.write("dvc.yaml", STAGE)
    report = kept.run("pull")
    assert (report["verdict"], kept.slept) == ("done", [])
    assert report["reasons"] == ["not made yet, and so not in dvc.lock: late.txt"]
    assert Path("shared/a.txt").exists()
    # One that was made and is gone is another thing.
    kept.forget()
    for item in list(kept.bucket.objects.all()):
        item.delete()
    assert kept.run("pull")["verdict"] == "error"


def test_a_repository_without_data_under_dvc_has_nothing_to_pull(kept: Kept) -> None:
    for path in ("data/customers.csv.dvc", "shared.dvc"):
        Path(path).unlink()
    assert (kept.run("pull")["verdict"], kept.run("pull")["reasons"]) == ("done", [])


def test_a_store_that_is_down_is_asked_four_times(kept: Kept) -> None:
    dvc(kept.project.root, "remote", "modify", "store", "endpointurl", "http://127.0.0.1:9")
    report = kept.run("push")
    assert (report["verdict"], kept.slept) == ("error", [5, 10, 20])
    assert report["reasons"][0].startswith("`dvc push` failed 4 times")
    assert any("Could not connect" in line for line in report["reasons"])


def test_what_passes_by_itself_is_forgotten(kept: Kept) -> None:
    answers = [(255, "ERROR: unexpected error - Read timeout"), (1, "ERROR: SlowDown"), (0, "1 file pushed")]
    ops = kept.project.ops["remote"]
    world = ops.World(dvc=lambda _command: answers.pop(0), sleep=kept.slept.append)
    assert ops.main(["push"], world) == 0
    assert (kept.project.report("push")["verdict"], kept.slept, answers) == ("done", [5, 10], [])


@pytest.mark.parametrize(
    ("remote", "said", "verdict"),
    [
        (
            "gs://b",
            "Anonymous caller does not have storage.objects.get access to the bucket., 401",
            "skipped",
        ),
        ("gs://b", "Your default credentials were not found. To set up", "skipped"),
        ("gs://b", "Forbidden: b/o\nci@p.iam does not have storage.objects.get access", "error"),
        (
            "azure://c",
            "Authentication to Azure Blob Storage requires either account_name or connection_string.",
            "skipped",
        ),
        (
            "azure://c",
            "Authentication to Azure Blob Storage via default credentials (https://x) failed.",
            "skipped",
        ),
        ("azure://c", "DefaultAzureCredential failed to retrieve a token from the included", "skipped"),
        ("azure://c", "ErrorCode:AuthorizationPermissionMismatch", "error"),
        ("s3://b", "An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity", "error"),
        ("s3://b", "An error occurred (InvalidAccessKeyId) when calling the ListObjectsV2", "error"),
    ],
)
def test_what_other_stores_say(bare: Project, remote: str, said: str, verdict: str) -> None:
    outcome = bare.ops["remote"].judged(remote, 1, f"ERROR: unexpected error - {said}\n")
    assert outcome.verdict == verdict
    hint = {"gs": "GOOGLE_APPLICATION_CREDENTIALS", "azure": "AZURE_STORAGE_CONNECTION_STRING"}
    if verdict == "skipped":
        assert hint[remote.partition(":")[0]] in outcome.reasons[1]


@pytest.mark.parametrize("arguments", [[], ["fetch"], ["pull", "push"]])
def test_only_pull_and_push(bare: Project, arguments: list[str]) -> None:
    assert bare.ops["remote"].main(arguments) == 2
    assert not Path("reports").exists()
