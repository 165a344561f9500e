"""What checkov does not like about the overlays: nothing but what is argued here, line by line."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.engines.kubernetes.overlays import OVERLAYS, text
from tests.engines.kubernetes.tools import checkov

# Its name of the check, and why the overlays are right to fail it.
ARGUED = {
    "CKV_K8S_11": "No limit on the processor: it would slow down answers while cores lie idle; requests share them.",
    "CKV_K8S_15": "IfNotPresent: the tag of a version is never pushed twice (make image), and a pod that comes back "
    "need not wait for a registry.",
    "CKV_K8S_43": "A tag and no digest: the compiler cannot know the digest of a build to come; make image refuses to "
    "push a tag twice.",
    "CKV_K8S_35": "Keys of the object store as variables: that is where its clients look; optional, and a role of the "
    "ServiceAccount needs none.",
}
# Only where predictions go to an object store.
OF_STORES = {"CKV_K8S_35"}


def failed(folder: Path) -> dict[str, set[str]]:
    """Return the checks that each manifest of a folder fails."""
    command = [checkov(), "-m", "checkov.main", "--directory", folder, "--framework", "kubernetes"]
    done = subprocess.run(
        [*command, "--output", "json", "--quiet", "--compact", "--skip-download"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LOG_LEVEL": "ERROR"},
    )
    assert done.returncode in (0, 1), done.stderr
    report = json.loads(done.stdout)
    assert report["summary"]["parsing_errors"] == 0
    found: dict[str, set[str]] = {path.stem: set() for path in folder.glob("*.yaml")}
    for each in report["results"]["failed_checks"]:
        found[Path(each["file_path"]).stem].add(each["check_id"])
    return found


@pytest.mark.slow
def test_all_that_fails_is_argued_and_all_that_is_argued_fails(tmp_path: Path) -> None:
    for name, folder in OVERLAYS.items():
        (tmp_path / f"{name.replace('/', '-')}.yaml").write_text(text(folder))
    # A planted fault: the judge is awake.
    sick = text(OVERLAYS["renewals-production"]).replace(
        "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false"
    )
    (tmp_path / "sick.yaml").write_text(sick)
    # Of a Role it reads the first rule, which is about the Lease.
    greedy = text(OVERLAYS["fraud-production"]).replace("  - update\n", "  - '*'\n")
    (tmp_path / "greedy.yaml").write_text(greedy)
    found = failed(tmp_path)
    assert found.pop("greedy") == {*ARGUED, "CKV_K8S_49"}
    assert found.pop("sick") == {*ARGUED, "CKV_K8S_22"}
    assert found["renewals-production"] == set(ARGUED)
    # It reads no pods of a custom resource; our own rules do.
    unread = {name for name, folder in OVERLAYS.items() if "\nkind: Deployment\n" not in text(folder)}
    assert unread == {"returns-production", "speech-production", "vision-production"}
    assert all(not found.pop(name) for name in unread)
    assert all(checks in (set(ARGUED), set(ARGUED) - OF_STORES) for checks in found.values()), found
