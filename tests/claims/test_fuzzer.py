"""The fuzzer runs, compiles enough of what it makes, and would notice a traceback."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def fuzz(program: str, count: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program, "--count", str(count)]
    env = {"PYTHONPATH": f"{ROOT / 'compiler'}:{ROOT / 'tools'}", "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_thousand_mutated_specs_end_well() -> None:
    done = fuzz("import fuzz, sys; sys.exit(fuzz.main())", 1000)
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith("1,000 cases in ")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("1 / 0", "FAILURE ZeroDivisionError in "),
        ("__import__('os').kill(__import__('os').getpid(), 11)", "FAILURE exit -11\n"),
    ],
    ids=["traceback", "signal"],
)
def test_a_traceback_or_a_signal_is_a_failure(fault: str, said: str) -> None:
    broken = f"import mlopsc.resolve as r\ndef views_of(document): {fault}\nr.views_of = views_of\n"
    done = fuzz(broken + "import fuzz, sys; sys.exit(fuzz.main())", 20)
    assert done.returncode == 1, done.stdout
    assert said in done.stdout
