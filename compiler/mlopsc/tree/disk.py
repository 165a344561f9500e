"""The few ways in which the disk is changed, each of which may be killed at any moment."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from mlopsc.diagnostics import Diagnostic, Rejected
from mlopsc.tree.lock import TEMP

_WAYS_OUT = {
    errno.ELOOP: "put the file itself where the link stands",
    errno.ENOSPC: "free some space and compile again; the next compile goes on from here",
    errno.EDQUOT: "free some of your quota and compile again; the next compile goes on from here",
    errno.EROFS: "this file system is read-only: compile with --into a folder that can be written",
    errno.EACCES: "make it accessible to you, or compile with --into another folder",
    errno.EPERM: "make it accessible to you, or compile with --into another folder",
    errno.EEXIST: "a file stands where the output folder should be: move it, or choose another folder",
    errno.ENOTDIR: "a file stands where a folder should be: move it, or choose another folder",
}


@contextmanager
def trouble(verb: str, path: str) -> Iterator[None]:
    """Turn an error of the disk into `Rejected` (M602) that names the path and the way out."""
    try:
        yield
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        hint = _WAYS_OUT.get(error.errno or 0, "repair it and compile again; nothing is lost")
        raise Rejected([Diagnostic("M602", f"cannot {verb} {path}: {why}", hint=hint)]) from error


def write(path: str, content: bytes, executable: bool = False) -> None:
    """Put a file in place in one step: readers see the old bytes or the new ones, never a part.

    The permissions of an existing file are kept, those of a new one come from the umask. Raises
    OSError, with no trace left but the folders above the file.
    """
    folder = os.path.dirname(path)
    os.makedirs(folder, exist_ok=True)
    temp = os.path.join(folder, TEMP)
    mode = _mode(path) & 0o666 | (0o111 if executable else 0)
    try:
        with open(_fresh(temp, mode), "wb") as file:
            file.write(content)
        os.replace(temp, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temp)
        raise


def _fresh(temp: str, mode: int) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        return os.open(temp, flags, mode)
    except FileExistsError:  # left by a compile that was killed
        os.unlink(temp)
        return os.open(temp, flags, mode)


def _mode(path: str) -> int:
    try:
        return os.lstat(path).st_mode
    except FileNotFoundError:
        return 0o666


def make_executable(path: str) -> None:
    """Let everybody run a file who may read it, if its owner may not run it yet."""
    mode = os.lstat(path).st_mode
    if not mode & 0o100:
        os.chmod(path, mode | (mode & 0o444) >> 2)


def remove(path: str) -> None:
    """Remove a file that may be gone already."""
    if os.path.lexists(path):  # a read-only disk refuses even to remove what is not there
        os.unlink(path)


def prune(root: str, path: str) -> None:
    """Remove the folders above a path, up to but without `root`, as far as they are empty."""
    folder = os.path.dirname(path)
    while len(folder) > len(root):
        try:
            os.rmdir(folder)
        except FileNotFoundError:
            pass
        except OSError:
            return
        folder = os.path.dirname(folder)
