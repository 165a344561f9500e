"""A copy of the repository to run a command in, so that what it writes changes nothing here.

Versioned files are copied, for they are code and small; all else, such as data, is linked.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from processes import git


def mirror(scratch: Path, left_out: set[str]) -> None:
    """Fill an empty folder with the repository, without the paths that a command will make anew."""
    versioned = set(git("ls-files", "-z").split("\0")) - {""}
    split = {str(parent) for path in versioned | left_out for parent in Path(path).parents}
    folders = ["."]
    while folders:
        for entry in os.scandir(folders.pop()):
            path = os.path.normpath(entry.path)
            if path in left_out:
                continue
            target = scratch / path
            if entry.is_dir(follow_symlinks=False) and path in split:
                target.mkdir()
                folders.append(path)
            elif path in versioned and entry.is_file():
                shutil.copy2(entry.path, target)
            else:
                target.symlink_to(Path(entry.path).absolute())
