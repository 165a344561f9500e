"""Adds to a wheel what is fixed when it is built: the build id and the compiled templates."""

import shutil
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
        root, self.made = Path(self.root), Path(tempfile.mkdtemp(prefix="mlopsc-build-"))
        sys.path.insert(0, str(root / "compiler"))
        from mlopsc.build_id import hash_sources
        from mlopsc.render.ahead import module

        sources = (str(root / "compiler" / "mlopsc"), str(root / "templates"))
        self._add(build_data, "BUILD", hash_sources(sources) + "\n")
        self._add(build_data, "render/compiled.py", module(root / "templates"))

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the folder."""
        if version != "editable":
            shutil.rmtree(self.made)

    def _add(self, build_data: dict[str, Any], name: str, text: str) -> None:
        path = self.made / name.replace("/", "-")
        path.write_text(text, "utf-8")
        build_data["force_include"][str(path)] = f"mlopsc/{name}"
