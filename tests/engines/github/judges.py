"""Those who judge what GitHub will run: workflows, actions and dependabot.yml. A warning is a finding.

Each judge sees all files in one process. `KNOWN` holds what one of them is behind on.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlopsc.actions import ACTIONS

from tests.engines.github import spots
from tests.engines.github.node_packages import HERE, node

BIN = Path(sys.executable).parent
INPUTS = Path(__file__).parent / "action_inputs.json"
Files = Mapping[str, str]

# (judge, its whole message): why that is no fault. GitHub takes `timezone` beside `cron`; actionlint 1.7.7 is
# older than that. A misspelt `timezone` is still found by two others, a wrong cron by GitHub's own.
KNOWN = {
    ("actionlint", 'element of "schedule" section must be mapping and must contain one key "cron"'):
        "`timezone` beside `cron` came after actionlint 1.7.7",
    (
        "actionlint",
        'unexpected key "queue" for "concurrency" section. expected one of "cancel-in-progress", "group"',
    ): "`queue` of `concurrency` came in May 2026; a misspelt one is still found by GitHub's own",
}  # fmt: skip


@dataclass(frozen=True, order=True)
class Finding:
    """What one judge says of one line; line 0 is the whole file."""

    judge: str
    file: str
    line: int
    message: str


def judge(files: Files | Path) -> list[Finding]:
    """Return what all judges find in files by their paths, or in what GitHub reads below a folder."""
    return sorted(each for each in judged(files) if (each.judge, each.message) not in KNOWN)


def judged(files: Files | Path) -> list[Finding]:
    """Return what all judges find, also what is known to be none."""
    texts = read(files) if isinstance(files, Path) else dict(files)
    assert texts, "there is nothing to judge"
    assert all(map(_schema, texts)), "GitHub reads none of these under that name"
    with tempfile.TemporaryDirectory() as place, ThreadPoolExecutor(2) as pool:
        for name, text in texts.items():
            file = Path(place, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        said = pool.map(lambda each: list(each(texts, Path(place))), JUDGES)
        return sorted(finding for findings in said for finding in findings)


def read(folder: Path) -> dict[str, str]:
    """Return what GitHub reads below a folder, also in repositories that lie deeper."""
    paths = [path for path in folder.rglob("*.y*ml") if _schema(path.relative_to(folder).as_posix())]
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in sorted(paths)}


def _schema(name: str) -> str:
    """Return the kind of file that GitHub takes a path for; empty for none."""
    if re.search(r"(^|/)\.github/workflows/[^/]+\.ya?ml$", name):
        return "github-workflows"
    if re.search(r"(^|/)\.github/dependabot\.ya?ml$", name):
        return "dependabot"
    return "github-actions" if re.search(r"(^|/)action\.ya?ml$", name) else ""


def _run(command: list[str], place: Path, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, check=False, cwd=place, capture_output=True, text=True, **more)


def _node(files: Files, place: Path) -> Iterator[Finding]:
    """Ask actionlint, and GitHub's language service, which is told the inputs and outputs of our actions."""
    own = {name: text for name, text in files.items() if _schema(name) != "dependabot"}
    command, environment = node(HERE / "judges.mjs")
    question = json.dumps({"files": own, "actions": json.loads(INPUTS.read_text("utf-8"))})
    done = _run(command, place, env=environment, input=question)
    assert not done.returncode, done.stderr
    answer = json.loads(done.stdout)
    assert answer["judged"] == len(own)
    yield from (Finding(**each) for each in answer["findings"])


def _zizmor(files: Files, place: Path) -> Iterator[Finding]:
    """Ask zizmor; what it could not read it leaves out of the findings, or gives up over."""
    options = ["--offline", "--persona=pedantic", "--no-config", "--no-ignores", "--color=never"]
    asked = list(files)
    done = _run([str(BIN / "zizmor"), *options, "--format=json", *asked], place)
    while "no audit was performed" in done.stderr and len(asked) > 1:
        asked.remove(re.findall(r"error: failed to load file://(.+?) as ", done.stderr)[0])
        done = _run([str(BIN / "zizmor"), *options, "--format=json", *asked], place)
    assert done.returncode in (0, 1, 3, 11, 12, 13, 14), done.stderr
    for each in json.loads(done.stdout or "[]"):
        main = next(spot for spot in each["locations"] if spot["symbolic"]["kind"] == "Primary")
        file = main["symbolic"]["key"]["Local"]["verbatim_path"]
        line = main["concrete"]["location"]["start_point"]["row"] + 1
        yield Finding("zizmor", file, line, f"{each['ident']}: {main['symbolic']['annotation']}")
    seen = set(re.findall(r"completed (.+)$", done.stderr, re.MULTILINE))
    yield from (Finding("zizmor", name, 0, "could not be read") for name in files if name not in seen)


def _schemas(files: Files, place: Path) -> Iterator[Finding]:
    """Ask check-jsonschema, once for each kind of file."""
    for kind in sorted(set(map(_schema, files))):
        own = [name for name in files if _schema(name) == kind]
        options = [f"--builtin-schema=vendor.{kind}", "--output-format=json"]
        done = _run([str(BIN / "check-jsonschema"), *options, *own], place)
        assert done.returncode in (0, 1), done.stderr
        answer = json.loads(done.stdout)
        for each in answer["errors"]:
            best = each.get("best_deep_match", each)
            yield Finding("schema", each["filename"], 0, f"{best['path']}: {best['message']}")
        for each in answer.get("parse_errors", []):
            yield Finding("schema", each["filename"], 0, each["message"])


def _shellcheck(files: Files, place: Path) -> Iterator[Finding]:
    """Ask shellcheck about each `run:`, in the shell that runs it."""
    scripts: dict[str, tuple[str, int]] = {}
    for name, text in files.items():
        for run, shell in spots.scripts(text):
            above = run.start_mark.line + (run.style in ("|", ">"))
            if shell.split()[:1] not in (["bash"], ["sh"]):
                yield Finding("shellcheck", name, above + 1, f"it cannot read {shell!r}")
                continue
            script = Path(place, f"{len(scripts)}.sh")
            # The runner puts the value of an expression there before a shell sees it.
            body = re.sub(r"\$\{\{.*?\}\}", lambda found: "_" * len(found[0]), run.value, flags=re.DOTALL)
            script.write_text(f"# shellcheck shell={shell.split()[0]}\n{body}\n", "utf-8")
            scripts[script.name] = name, above
    if scripts:
        done = _run([str(BIN / "shellcheck"), "--norc", "--format=json1", *scripts], place)
        assert done.returncode in (0, 1), done.stderr
        for each in json.loads(done.stdout)["comments"]:
            name, above = scripts[each["file"]]
            line = above + each["line"] - 1
            yield Finding("shellcheck", name, line, f"SC{each['code']}: {each['message']}")


def _pins(files: Files, _: Path) -> Iterator[Finding]:
    """Hold each `uses:` to the one table: commit, and the version in the comment beside it."""
    for name, text in files.items():
        for used in spots.actions(text):
            mark = used.end_mark
            rest = text.splitlines()[mark.line][mark.column :].strip()
            action, _at, commit = used.value.partition("@")
            version, pinned = ACTIONS.get(action, ("", ""))
            line = mark.line + 1
            if not version:
                yield Finding("pins", name, line, f"{action} is not one of ours")
            elif (commit, rest) != (pinned, f"# {version}"):
                yield Finding("pins", name, line, f"{action} is not {pinned} # {version}")


Judge = Callable[[Files, Path], Iterator[Finding]]
JUDGES: tuple[Judge, ...] = (_node, _zizmor, _schemas, _shellcheck, _pins)
