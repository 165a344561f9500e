"""Programs that the demo borrows: from this machine, else from Debian's packages, unpacked beside the checkout.

Nothing is installed: a package is downloaded to .cache/borrowed and unpacked there, which needs no rights.
"""

import os
import shutil
import subprocess
from pathlib import Path

PLACE = Path(__file__).resolve().parent.parent / ".cache" / "borrowed"
FOUND = PLACE / "usr" / "bin"


def program(name: str) -> str | None:
    """Return the path of a program that a Debian package of its name holds; None where it cannot be had."""
    known = shutil.which(name) or shutil.which(name, path=str(FOUND))
    if known or not shutil.which("apt-get"):
        return known
    PLACE.mkdir(parents=True, exist_ok=True)
    if not _downloaded(name) and os.geteuid() == 0:
        # A fresh machine has no list of packages yet.
        subprocess.run(["apt-get", "update", "-qq"], check=False, capture_output=True)
        _downloaded(name)
    for package in PLACE.glob(f"{name}_*.deb"):
        subprocess.run(["dpkg", "-x", package, PLACE], check=False, capture_output=True)
    return shutil.which(name, path=str(FOUND))


def _downloaded(name: str) -> bool:
    done = subprocess.run(["apt-get", "download", "-q", name], cwd=PLACE, check=False, capture_output=True)
    return done.returncode == 0 and any(PLACE.glob(f"{name}_*.deb"))
