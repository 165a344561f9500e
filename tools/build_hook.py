"""Adds to a wheel what is fixed when it is built: the build id and the compiled templates."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildHook(BuildHookInterface[Any]):
    """Runs for wheels; an editable install reads the checkout itself."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the files into a folder of their own and name them to the builder."""
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "compiler"))
        made = Path(tempfile.mkdtemp(prefix="mlopsc-build-"))
        build_data["force_include"].update(_build_id(root, made) | _templates(root / "templates", made))


def _build_id(root: Path, made: Path) -> dict[str, str]:
    from mlopsc.build_id import hash_sources

    path = made / "BUILD"
    path.write_text(
        hash_sources((str(root / "compiler" / "mlopsc"), str(root / "templates"))) + "\n", "ascii"
    )
    return {str(path): "mlopsc/BUILD"}


def _templates(folder: Path, made: Path) -> dict[str, str]:
    from jinja2 import ModuleLoader
    from mlopsc.languages import language_of
    from mlopsc.render.environments import SUFFIX, CheckedLoader, environment

    included = {}
    for source in sorted(folder.rglob(f"*{SUFFIX}")):
        name = source.relative_to(folder).as_posix()
        language = language_of(name.removesuffix(SUFFIX))
        targets = {child.name: child for child in folder.iterdir()}
        env = environment(language, CheckedLoader(targets, language))
        text, _, _ = CheckedLoader(targets, language).get_source(env, name)
        module = ModuleLoader.get_module_filename(name)
        path = made / language.name / module
        path.parent.mkdir(exist_ok=True)
        path.write_text(env.compile(text, name, name, raw=True, defer_init=True), "utf-8")
        included[str(path)] = f"mlopsc/templates/_compiled/{language.name}/{module}"
    return included
