"""Which repository at GitHub this is, and with which token; the environment says so."""

from __future__ import annotations

import os
import re
from urllib.parse import urlsplit

from processes import git

# https://host/owner/name.git, ssh://git@host:22/owner/name and git@host:owner/name; a password stays out.
REMOTE = re.compile(
    r"(?:(?:https?|ssh|git)://(?:[^/@\s]*@)?[^/@\s]+/|(?:[\w.-]+@)?[\w.-]+:/?)([^/\s]+/[^/\s]+?)(?:\.git)?/?"
)
NAME = re.compile(r"(?!\.+/)[\w.-]+/(?!\.+$)[\w.-]+", re.ASCII)
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def repository() -> str:
    """Return OWNER/NAME: GITHUB_REPOSITORY, else of the remote `origin`; raise ValueError if neither fits."""
    name = os.environ.get("GITHUB_REPOSITORY") or _of_origin()
    if not NAME.fullmatch(name):
        raise ValueError("which repository is it? Set GITHUB_REPOSITORY to OWNER/NAME")
    return name


def token() -> str:
    """Return GITHUB_TOKEN, else GH_TOKEN, else nothing; raise ValueError for what cannot be one."""
    found = (os.environ.get("GITHUB_TOKEN") or os.environ.get("GH_TOKEN") or "").strip()
    if not re.fullmatch(r"[\x21-\x7e]*", found):
        raise ValueError("the token of GitHub has a sign that no token has")
    return found


def safe_base(address: str) -> str:
    """Return the address of a server without a slash at its end; raise ValueError unless it is https.

    Plain http is for this machine alone: a token would be read on its way.
    """
    parts = urlsplit(address)
    plain = parts.scheme == "http" and parts.hostname in LOOPBACK
    if (parts.scheme != "https" and not plain) or not parts.hostname or "@" in parts.netloc:
        raise ValueError("the address of GitHub must be https, without a name or password in it")
    return address.rstrip("/")


def _of_origin() -> str:
    try:
        address = git("remote", "get-url", "origin").strip()
    except ChildProcessError:
        return ""
    match = REMOTE.fullmatch(address)
    return match[1] if match else ""
