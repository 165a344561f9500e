"""Bring back into git what a training changed: by a pull request, by a push, or not at all (ci.commit_lock).

Only dvc.lock, *.dvc, *.fetched.json and the pipeline's figures in the model's folder are committed. The
working tree, its index and its branch stay as they are.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import lock_text
from checkout import Checkout, RefusedError
from github_api import GitHub, Patience
from lock_files import chosen
from pull_request import request
from settings import settings
from verdict import Outcome, run

ATTEMPTS = 4


def main(patience: Patience | None = None) -> int:
    """Commit; return 0 for done and for skipped, 2 for an error."""
    return run("commit-lock", lambda: commit_lock(patience or Patience()))


def commit_lock(patience: Patience) -> Outcome:
    """Commit what a training changed, the way the spec says; raise ValueError where that is refused."""
    config = settings()
    how = config["ci"].get("commit_lock", "pull_request") if "ci" in config else "none"
    if how == "none":
        return Outcome("skipped", reasons=["the spec wants nothing committed (ci.commit_lock: none)"])
    checkout = Checkout()
    files = chosen(checkout.changed(), checkout.folder, config)
    if not files:
        return Outcome("skipped", reasons=["nothing changed that git holds"])
    work = Change(config, checkout, files, patience)
    return patiently(work.propose if how == "pull_request" else work.push, patience)


def patiently(work: Callable[[], Outcome], patience: Patience) -> Outcome:
    """Do it, and do it anew where the remote has moved meanwhile or did not answer."""
    wait = patience.first_wait
    for _ in range(ATTEMPTS - 1):
        try:
            return work()
        except ChildProcessError as fault:
            print(f"{fault}; again in {wait:g} seconds", flush=True)
            patience.sleep(wait)
            wait *= 2
    return work()


@dataclass(frozen=True)
class Change:
    """The files that go back, and how."""

    config: dict[str, Any]
    checkout: Checkout
    files: list[str]
    patience: Patience

    def push(self) -> Outcome:
        """Commit onto the head of the default branch, and push it there."""
        branch, base, commit, missing = self._onto_default()
        if missing:
            return missing
        if lost := self.checkout.overtaken(self.files, base, commit):
            raise ValueError(
                f"{branch} has changed {', '.join(lost)} since this training began: train again on that"
            )
        try:
            self.checkout.push(commit, branch)
        except RefusedError as fault:
            raise ValueError(
                f"{fault}; is {branch} protected? Then write `ci: {{commit_lock: pull_request}}`"
            ) from None
        return Outcome("done", {"files": len(self.files)}, [*self.files, f"pushed to {branch}"])

    def propose(self) -> Outcome:
        """Commit onto the head of the default branch, push that to a branch of ours, and ask for review."""
        base_branch, base, commit, missing = self._onto_default()
        if missing:
            return missing
        branch = f"mlopsc/{self.config['model']['name']}-lock"
        before = self.checkout.fetch(branch)
        if not (before and self.checkout.same(before, commit)):
            self.checkout.push(commit, branch, lease=before)
        lost = self.checkout.overtaken(self.files, base, commit)
        report = lock_text.report()
        text = {
            "title": lock_text.title(self.config, report, self.patience.clock()),
            "body": lock_text.body(report, self.files, lost),
        }
        number, address = request(GitHub(self.patience), branch, base_branch, text)
        lines = [f"{path} was changed on {base_branch} too" for path in lost]
        return Outcome(
            "done", {"files": len(self.files), "pull_request": number}, [*self.files, *lines, address]
        )

    def _onto_default(self) -> tuple[str, str, str, Outcome | None]:
        """Return the default branch, its head, our commit on it, or why there is none."""
        branch = self.checkout.default_branch()
        base = self.checkout.fetch(branch)
        if not self.checkout.holds(base):
            reason = f"what is checked out is not part of {branch}: its dvc.lock is not for {branch}"
            return branch, base, "", Outcome("skipped", reasons=[reason])
        message = lock_text.title(self.config, lock_text.report(), self.patience.clock())
        commit = self.checkout.commit(self.files, base, f"{message}\n")
        if not commit:
            return branch, base, "", Outcome("skipped", reasons=[f"{branch} has these files already"])
        return branch, base, commit, None


if __name__ == "__main__":
    sys.exit(main())
