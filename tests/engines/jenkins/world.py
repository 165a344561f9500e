"""One build at Jenkins: a workspace, a stand-in for make, and what the build did there.

The engine is Groovy 2.4, the version that Jenkins itself carries, with Declarative.groovy beside this file.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conftest_engines import engine, missed

GROOVY = Path("/usr/share/java/groovy-all.jar")
HARNESS = Path(__file__).with_name("Declarative.groovy")
# Writes down how it was called, and gives each command the verdict that the test has planned.
MAKE = """\
#!{python}
import json, os, sys
from pathlib import Path
words = dict(word.split("=", 1) for word in sys.argv[1:] if "=" in word)
plan = json.loads(Path({plan!r}).read_text())
with open({calls!r}, "a") as stream:
    stream.write(json.dumps({{"args": sys.argv[1:], "cwd": os.getcwd(), "env": dict(os.environ)}}) + "\\n")
verdict = plan.get(sys.argv[1], "done")
if verdict == "dies":
    sys.exit(2)
Path("reports").mkdir(exist_ok=True)
Path("reports", sys.argv[1] + ".json").write_text(json.dumps({{"step": sys.argv[1], "verdict": verdict}}, indent=2))
fine = ("done", "passed", "trained", "not due", "no drift")
sys.exit(0 if verdict in fine or (verdict != "error" and words.get("STRICT") != "1") else 2)
"""


@dataclass(frozen=True)
class Build:
    """What a build did: how it ended, each call of make, and what Jenkins wrote down."""

    story: dict[str, Any]
    calls: list[dict[str, Any]]

    @property
    def result(self) -> str:
        """How it ended, in the words of Jenkins."""
        return str(self.story["result"])

    @property
    def made(self) -> list[str]:
        """The make commands in their order."""
        return [call["args"][0] for call in self.calls]

    def env(self, command: str) -> dict[str, str]:
        """Return the environment of the first call of a command."""
        found: dict[str, str] = next(call["env"] for call in self.calls if call["args"][0] == command)
        return found

    def told(self, kind: str) -> list[Any]:
        """Return what was written down of a kind: asked, passed, skipped, unstable, archive."""
        return [event[kind] for event in self.story["events"] if kind in event]


class Engine:
    """One Java machine for all builds of a session."""

    def __init__(self) -> None:
        engine("java")
        if not GROOVY.exists():
            missed("groovy")
        flags = ("-Dfile.encoding=UTF-8", "-XX:TieredStopAtLevel=1", "-cp", GROOVY, "groovy.ui.GroovyMain")
        self._java = subprocess.Popen(
            ["java", *flags, HARNESS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(self, *files: Path) -> None:
        """Run a pipeline in a world, and write the story."""
        assert self._java.stdin and self._java.stdout
        print(*files, sep="\t", file=self._java.stdin, flush=True)
        assert self._java.stdout.readline() == "done\n"

    def close(self) -> None:
        """End the machine."""
        self._java.communicate()


@dataclass
class Jenkins:
    """Runs pipelines; credentials are those of every name unless the test says otherwise."""

    folder: Path
    engine: "Engine"
    credentials: dict[str, str] = field(default_factory=dict)

    def build(self, text: str, plan: dict[str, str] | None = None, **world: Any) -> Build:
        """Run a pipeline; `plan` gives verdicts to make commands, `world` may name env, params, approved."""
        calls = self._machine(plan or {})
        given = {
            "credentials": self.credentials,
            "params": {},
            "approved": [],
            "workspace": str(self.folder / "w"),
        }
        path = f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        env = {"PATH": path, "BUILD_URL": "http://jenkins/job/churn/1/", **world.pop("env", {})}
        pipeline, told, story = (self.folder / name for name in ("Jenkinsfile", "world.json", "story.json"))
        pipeline.write_text(text)
        told.write_text(json.dumps({**given, **world, "env": env}))
        self.engine.run(pipeline, told, story)
        made = [json.loads(line) for line in calls.read_text().splitlines()]
        return Build(json.loads(story.read_text()), made)

    def _machine(self, plan: dict[str, str]) -> Path:
        for name in ("w", "bin"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        calls, planned, make = self.folder / "calls", self.folder / "plan.json", self.folder / "bin" / "make"
        calls.write_text("")
        planned.write_text(json.dumps(plan))
        make.write_text(MAKE.format(python=sys.executable, plan=str(planned), calls=str(calls)))
        make.chmod(0o755)
        return calls
