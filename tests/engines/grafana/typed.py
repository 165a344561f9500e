"""Dashboards as TypeScript, checked against Grafana's own types by its compiler."""

import json
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.engines.github.node_packages import installed

NODE = Path(__file__).parent / "node"
OPTIONS = (
    "--strict",
    "--noEmit",
    "--skipLibCheck",
    "--target",
    "es2022",
    "--module",
    "nodenext",
    "--pretty",
    "false",
)


def findings(dashboards: Mapping[str, Any]) -> list[str]:
    """Return what the compiler says against dashboards, by their names; all are checked in one run."""
    place = installed(NODE)
    with tempfile.TemporaryDirectory(dir=place) as folder:
        scratch = Path(folder)
        (scratch / "package.json").write_text('{"type": "module"}')
        (scratch / "plain.ts").write_text((NODE / "plain.ts").read_text())
        for name, dashboard in dashboards.items():
            (scratch / f"{name}.ts").write_text("\n".join(_module(dashboard)))
        names = [f"{name}.ts" for name in dashboards]
        command = [str(place / "node_modules/.bin/tsc"), *OPTIONS, *names]
        done = subprocess.run(command, cwd=scratch, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1, 2) and (done.stdout or not done.returncode), done.stderr
    return done.stdout.splitlines()


def _module(dashboard: Mapping[str, Any]) -> Iterator[str]:
    """Yield one constant for each part, so that a field that nobody knows is told."""
    yield "import type { Bare, Drawn, Fields, Frame, OptionsOf, Row, Targets } from './plain.js';"
    yield _constant("frame", {key: value for key, value in dashboard.items() if key != "panels"}, "Frame")
    for index, panel in enumerate(dashboard["panels"]):
        if panel["type"] == "row":
            yield _constant(f"row_{index}", panel, "Row")
            continue
        bare = {
            key: value for key, value in panel.items() if key not in ("fieldConfig", "options", "targets")
        }
        yield _constant(f"panel_{index}", bare, "Bare")
        yield _constant(f"targets_{index}", panel["targets"], "Targets")
        yield _constant(f"options_{index}", panel["options"], f"OptionsOf[{json.dumps(panel['type'])}]")
        fields = json.loads(json.dumps(panel["fieldConfig"]))
        yield _constant(f"drawn_{index}", fields["defaults"].pop("custom", {}), "Drawn")
        yield _constant(f"fields_{index}", fields, "Fields")


def _constant(name: str, value: Any, kind: str) -> str:
    return f"export const {name} = {json.dumps(value)} as const satisfies {kind};"
