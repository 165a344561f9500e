"""The git checkout: commits made beside the working tree and its index, and pushed without leaving a trace.

The token reaches git by its environment, for the server of GitHub alone: it is in no argument that other
users of the machine could read, and in no file.
"""

from __future__ import annotations

import os
import subprocess  # nosec B404
import tempfile
from collections.abc import Mapping
from pathlib import Path

from git_identity import author, credentials
from github_names import token

# What no later attempt changes: a protected branch, a hook that declines, a token without the permission.
LACKS = ("returned error: 403", "Permission to", "Permission denied")
FINAL = ("[remote rejected]", "Authentication failed", "could not read", *LACKS)
RACES = ("cannot lock ref", "failed to update ref")


class RefusedError(ValueError):
    """The server does not want this push, now or later."""


class Checkout:
    """The repository around the working folder, and its remote `origin`; paths start at its root."""

    def __init__(self) -> None:
        """Look where it is; raise ChildProcessError outside of a repository."""
        self.root = "."
        self.root = self.git("rev-parse", "--show-toplevel").rstrip("\n")
        self.folder = _git(".", {}, "rev-parse", "--show-prefix").rstrip("\n")

    def git(self, *arguments: str, extra: Mapping[str, str] | None = None, feed: str = "") -> str:
        """Return what a git command prints; raise ChildProcessError with its complaint."""
        return _git(self.root, extra or {}, *arguments, feed=feed)

    def changed(self) -> list[str]:
        """Return the new and the changed files of the model's folder, but for those that git ignores."""
        told = self.git(
            "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", self.folder or "."
        )
        paths = [entry[3:] for entry in told.split("\0") if entry]
        whole = [
            path for path in paths if os.path.isfile(file := Path(self.root, path)) and not file.is_symlink()
        ]
        return sorted(whole)

    def default_branch(self) -> str:
        """Return the name of the remote's default branch."""
        for line in self._remote("ls-remote", "--symref", "origin", "HEAD").splitlines():
            if line.startswith("ref: refs/heads/"):
                return line.split("\t")[0].removeprefix("ref: refs/heads/")
        raise ValueError("the remote `origin` has no default branch yet")

    def fetch(self, branch: str) -> str:
        """Bring a branch of the remote here; return its commit, empty if there is none."""
        if not self._remote("ls-remote", "origin", f"refs/heads/{branch}"):
            return ""
        kept = f"refs/remotes/origin/{branch}"
        self._remote("fetch", "--quiet", "--no-tags", "origin", f"+refs/heads/{branch}:{kept}")
        return self.git("rev-parse", kept).strip()

    def holds(self, commit: str) -> bool:
        """Return whether what is checked out is part of a commit's history."""
        try:
            self.git("merge-base", "--is-ancestor", "HEAD", commit)
        except ChildProcessError:
            return False
        return True

    def commit(self, paths: list[str], base: str, message: str) -> str:
        """Return a new commit with these files on top of `base`, empty if `base` has them as they are."""
        with tempfile.TemporaryDirectory() as scratch:
            own = {"GIT_INDEX_FILE": str(Path(scratch, "index"))}
            self.git("read-tree", base, extra=own)
            self.git("update-index", "--add", "-z", "--stdin", extra=own, feed="\0".join(paths))
            tree = self.git("write-tree", extra=own).strip()
        if tree == self.git("rev-parse", f"{base}^{{tree}}").strip():
            return ""
        return self.git("commit-tree", tree, "-p", base, extra=author(), feed=message).strip()

    def same(self, one: str, other: str) -> bool:
        """Return whether two commits have the same content on the same parent."""
        names = ("{}^{{tree}}", "{}^")
        return all(
            self.git("rev-parse", n.format(one)) == self.git("rev-parse", n.format(other)) for n in names
        )

    def overtaken(self, paths: list[str], base: str, commit: str) -> list[str]:
        """Return the files that `base` has changed since the checkout, and not in the way of `commit`."""
        one, other = (self._differ(paths, since, base) for since in ("HEAD", commit))
        return sorted(one & other)

    def push(self, commit: str, branch: str, lease: str | None = None) -> None:
        """Push a commit to a branch; with a lease, over that commit (empty: over none), whatever it was.

        Raises RefusedError where trying again is no use, else ChildProcessError.
        """
        ref = f"refs/heads/{branch}"
        force = [] if lease is None else [f"--force-with-lease={ref}:{lease}"]
        try:
            self._remote("push", "--quiet", *force, "origin", f"{commit}:{ref}")
        except ChildProcessError as fault:
            text = str(fault)
            if any(sign in text for sign in FINAL) and not any(sign in text for sign in RACES):
                lacks = any(sign in text for sign in LACKS)
                hint = " (the token needs the permission contents: write)" if lacks else ""
                raise RefusedError(f"{text}{hint}") from None
            raise

    def _differ(self, paths: list[str], one: str, other: str) -> set[str]:
        told = self.git("diff", "--name-only", "-z", "--no-renames", one, other, "--", *paths)
        return set(told.split("\0")) - {""}

    def _remote(self, *arguments: str) -> str:
        return self.git(*arguments, extra=credentials())


def _git(folder: str, extra: Mapping[str, str], *arguments: str, feed: str = "") -> str:
    # Nobody is there to answer a prompt, and what git says is read here, in English.
    plain = {"GIT_TERMINAL_PROMPT": "0", "GIT_LITERAL_PATHSPECS": "1", "LC_ALL": "C"}
    done = subprocess.run(  # nosec B603 B607
        ["git", *arguments],
        cwd=folder,
        env={**os.environ, **plain, **extra},
        input=feed,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip()
        for value in extra.values():
            said = said.replace(value.rpartition(" ")[2], "***") if " basic " in value else said
        secret = token()
        raise ChildProcessError(f"git {arguments[0]}: {said.replace(secret, '***') if secret else said}")
    return done.stdout
