"""As whom git commits, and with which token it speaks to GitHub's server."""

from __future__ import annotations

import base64
import os

from github_names import safe_base, token

BOT = "github-actions[bot]"
BOT_MAIL = "41898282+github-actions[bot]@users.noreply.github.com"


def credentials() -> dict[str, str]:
    """Return the environment by which git shows the token to GitHub's server, and to no other."""
    if not (secret := token()):
        return {}
    server = safe_base(os.environ.get("GITHUB_SERVER_URL") or "https://github.com")
    basic = base64.b64encode(f"x-access-token:{secret}".encode()).decode()
    key, count = f"http.{server}/.extraheader", int(os.environ.get("GIT_CONFIG_COUNT") or 0)
    # The empty one takes away what a checkout may have left: two of them are refused.
    values = ("", f"AUTHORIZATION: basic {basic}")
    found = {"GIT_CONFIG_COUNT": str(count + len(values))}
    for number, value in enumerate(values, count):
        found |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return found


def author() -> dict[str, str]:
    """Return the environment by which a workflow commits as the bot of GitHub; elsewhere the user does."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return {}
    return {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", BOT), ("EMAIL", BOT_MAIL))
    }
