"""What the demo is told with: headings, commands whose output is indented, and the verdicts so far."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Story:
    """A repository that is being worked with."""

    place: Path
    began: float = field(default_factory=time.monotonic)
    verdicts: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """The time since it began."""
        return time.monotonic() - self.began

    def step(self, title: str) -> None:
        """Print a heading."""
        print(f"\n== {title}", flush=True)

    def mlopsc(self, *arguments: str, code: int = 0) -> None:
        """Run the compiler."""
        self.run(sys.executable, "-m", "mlopsc", *arguments, code=code, shown=f"mlopsc {arguments[0]}")

    def make(self, command: str, wanted: str, what: str, *arguments: str) -> dict[str, object]:
        """Run an automation, compare its verdict with the wanted one, and note it; return its report."""
        self.run("make", command, *arguments)
        return self.judged(command, wanted, what)

    def judged(self, command: str, wanted: str, what: str) -> dict[str, object]:
        """Compare the last verdict of an automation with the wanted one, and note it; return its report."""
        report = json.loads((self.place / "reports" / f"{command}.json").read_text())
        if report["verdict"] != wanted:
            self.fail(f"the verdict of {command} is {report['verdict']}, not {wanted}")
        self.verdicts.append((what, command, wanted))
        return dict(report)

    def expect(self, what: str, holds: bool) -> None:
        """Say what is the case, or end the demo where it is not."""
        if not holds:
            self.fail(f"it does not hold that {what}")
        print(f"   so: {what}")

    def run(self, *command: str, code: int = 0, shown: str = "") -> str:
        """Run a command in the folder; its output is indented, and returned."""
        print(f"   $ {shown or ' '.join(command)}", flush=True)
        env = {**os.environ, "MAKEFLAGS": "", "MAKELEVEL": "", "PYTHONUNBUFFERED": "1"}
        said = []
        with subprocess.Popen(
            command, cwd=self.place, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            for line in process.stdout or ():
                said.append(line)
                print(f"   {line}", end="", flush=True)
        if process.returncode != code:
            self.fail(f"{shown or command[0]} ended with {process.returncode}, not {code}")
        return "".join(said)

    def git(self, *arguments: str) -> None:
        """Run git as somebody, and print nothing."""
        who = ["-c", "user.name=demo", "-c", "user.email=demo@example.com", "-c", "init.defaultBranch=main"]
        done = subprocess.run(
            ["git", *who, *arguments], cwd=self.place, capture_output=True, text=True, check=False
        )
        if done.returncode:
            self.fail(f"git {arguments[0]}: {done.stderr}")

    def where(self, name: str) -> str:
        """Return a path of the demo as it is typed from here."""
        return (self.place / name).relative_to(ROOT).as_posix()

    def fail(self, why: str) -> None:
        """End the demo with an error."""
        print(f"\nThe demo went wrong: {why}", file=sys.stderr)
        raise SystemExit(1)
