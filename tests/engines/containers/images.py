"""Images that are really built: buildah on a base of Debian's, with packages from this machine's own index.

The base stands in for python:3.11-slim, which comes from a registry; it is made once by debootstrap, and
kept in .cache/. The build sees no network: the wheels that it needs are fetched before by this machine's
pip, wherever that gets them from, and mounted with a pip.conf that names their folder and nothing else.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.conftest_engines import engine

ROOT = Path(__file__).parents[3]
CACHE = ROOT / ".cache" / "images"
BASE = "docker.io/library/python:3.11-slim"
# What the real image has beside Debian's own: the commands python and pip.
PACKAGES = "python3,python3-venv"


def base() -> Path:
    """Return an archive of the base; the first time takes a minute."""
    archive = CACHE / "python-3.11-slim.tar"
    if archive.exists():
        return archive
    engine("debootstrap")
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        root = Path(scratch) / "root"
        run("debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", str(root))
        (root / "usr/bin/python").symlink_to("python3")
        shutil.rmtree(root / "var/cache/apt", ignore_errors=True)
        draft = Path(scratch) / "base.tar"
        run("tar", "--create", "--exclude=./dev/*", f"--directory={root}", f"--file={draft}", ".")
        draft.rename(archive)
    return archive


def wheels(context: Path) -> Path:
    """Fetch what a build context requires; return the folder, which is kept for the same requirements."""
    names = [context / name for name in ("requirements.txt", "model-requirements.txt")]
    lines = sorted({line for name in names for line in name.read_text().splitlines() if line[:1] not in "#"})
    folder = CACHE / "wheels"
    known = folder / "requirements.txt"
    if not (known.exists() and known.read_text().splitlines() == lines):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        wanted = ("--python-version=3.11", "--only-binary=:all:", f"--dest={folder}", *lines)
        pip = str(Path(sys.base_prefix) / "bin" / "python3")
        run(pip, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", *wanted)
        known.write_text("".join(f"{line}\n" for line in lines))
    return folder


def built(context: Path, tag: str, store: tuple[str, ...]) -> None:
    """Build an image from a context into the storage that `store` names, upon the base that lies there."""
    engine("buildah")
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as conf:
        conf.write("[global]\nno-index = true\nfind-links = /wheels\n")
        conf.flush()
        mounts = (f"--volume={wheels(context)}:/wheels:ro", f"--volume={conf.name}:/etc/pip.conf:ro")
        how = ("--isolation=chroot", "--pull-never", "--format=docker")
        # In a network of its own, where nobody is: a build in a chroot has the network of who builds.
        run(
            "unshare",
            "--net",
            "buildah",
            *store,
            "bud",
            *how,
            *mounts,
            "--build-arg=VERSION=7",
            f"--tag={tag}",
            str(context),
        )


def run(*command: str) -> str:
    """Run a command; return what it prints."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout
