"""The five lines of the README are true: the action, its inputs, the hook and the version exist."""

import re

import yaml
from mlopsc import __version__

from tests.engines.compile_and_diff.composite import ACTION, ROOT


def test_the_five_lines_of_the_readme() -> None:
    section = (
        (ROOT / "README.md")
        .read_text("utf-8")
        .split("## Compile and diff, in five lines\n")[1]
        .split("\n## ")[0]
    )
    step, hooks = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)
    assert len((step + hooks).splitlines()) == 5
    ((use,), (config,)) = yaml.safe_load(step), yaml.safe_load(hooks)["repos"]
    assert use["uses"].split("@")[0].endswith("/mlopsc")
    assert set(use["with"]) <= set(ACTION["inputs"])
    (manifest,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert config["hooks"] == [{"id": manifest["id"]}]
    assert step.count(f"v{__version__}\n") == 1 and config["rev"] == f"v{__version__}"
