"""Set up at GitHub what no file can: environments that only the default branch reaches, and who approves.

    make github-setup                    once, by an administrator: GH_TOKEN="$(gh auth token)"
    make github-setup ARGS=--dry-run     say what would be done

May be run again at any time. What is stricter already stays: reviewers, waits, other branch rules. Says
which secrets and variables the workflows read and which of them are missing; values are never read.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from environment_plan import Plan, plan
from github_answers import THERE, GitHubError
from github_api import GitHub, Patience, quoted
from names_set import listed, read
from owners import known
from protection import reviewers
from settings import settings
from verdict import Outcome, run

ADMINISTRATION = "administration: write"
NOBODY = (
    "{}: nobody can approve a deployment; write GitHub users or teams into the spec, "
    "such as `ci: {{owners: ['@acme/ml']}}`, run `mlopsc compile`, and this again"
)


def main(arguments: list[str] | None = None, patience: Patience | None = None) -> int:
    """Run the command line; return 0 for done, 3 for refused, 2 for an error."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dry-run", action="store_true", help="change nothing")
    dry = parser.parse_args(arguments).dry_run
    return run("github-setup", lambda: setup(dry, patience))


def setup(dry: bool, patience: Patience | None = None) -> Outcome:
    """Set up the repository; `refused` where an approval is demanded and nobody could give it."""
    ci = settings().get("ci", {})
    github, approval = GitHub(patience), ci.get("approval", [])
    people, lines = known(github, ci.get("owners", [])) if approval else ([], [])
    names = list(dict.fromkeys([*ci.get("environments", []), *approval]))
    plans = [plan(github, name, people if name in approval else None) for name in names]
    if nobody := [each.name for each in plans if each.name in approval and not each.body["reviewers"]]:
        return Outcome("refused", reasons=[*lines, *(NOBODY.format(name) for name in nobody)])
    branch = github.default_branch()
    for each in plans:
        lines += [*each.lines, *carry_out(github, each, branch, dry)]
    wanted = read()
    for kind in ("secret", "variable"):
        lines += listed(github, kind, wanted.get(f"{kind}s", []))
    for name, secrets in wanted.get("environments", {}).items():
        # A secret of the repository is read by every branch: behind an approval it would not be.
        lines += listed(github, "secret", secrets, name)
    return Outcome("done", {"environments": len(plans)}, lines)


def carry_out(github: GitHub, wanted: Plan, branch: str, dry: bool) -> Iterator[str]:
    """Bring an environment into its planned state, with the default branch let in; say what was done."""
    name, would = wanted.name, "would be" if dry else "was"
    place = f"/environments/{quoted(name)}"
    approve = f", {len(wanted.body['reviewers'])} may approve" if wanted.body["reviewers"] else ""
    if wanted.settled:
        yield f"{name}: is set up{approve}"
    else:
        if not dry:
            made = github.repo("PUT", place, wanted.body, needs=ADMINISTRATION)
            if wanted.body["reviewers"] and not reviewers(made):
                raise GitHubError(f"{name}: GitHub kept no reviewers; does the account's plan have them?")
        yield f"{name}: {would} set up{approve}"
    if not wanted.body["deployment_branch_policy"]["custom_branch_policies"]:
        return
    yield from _branches(github, wanted, branch, dry)


def _branches(github: GitHub, wanted: Plan, branch: str, dry: bool) -> Iterator[str]:
    place = f"/environments/{quoted(wanted.name)}/deployment-branch-policies"
    asked = wanted.ruled or not dry
    rules = github.listed(place, "branch_policies", needs="actions: read") if asked else []
    if branch not in [rule["name"] for rule in rules if rule.get("type", "branch") == "branch"]:
        if not dry:
            _let_in(github, place, branch)
        yield f"{wanted.name}: {branch} {'would be' if dry else 'was'} let in"
    if others := [rule["name"] for rule in rules if rule["name"] != branch]:
        yield f"{wanted.name}: also lets in {', '.join(others)}; take that away unless it is meant"


def _let_in(github: GitHub, place: str, branch: str) -> None:
    try:
        github.repo("POST", place, {"name": branch, "type": "branch"}, needs=ADMINISTRATION)
    except GitHubError as fault:
        if fault.status != THERE:
            raise


if __name__ == "__main__":
    sys.exit(main())
