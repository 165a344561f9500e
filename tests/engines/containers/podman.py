"""Podman in the place of docker: a real engine, without a daemon and without anything of the machine's own.

Its storage lies in a folder of the test. Where tests run as root, as in a container that may neither set
limits nor see cgroups, podman is told to do without both. The `docker` it brings is podman, but for
    --log-driver=local    which podman does not know: its own log is a file too
    docker create         containers see the machine's Python, instead of an image with one of its own
"""

import io
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.conftest_engines import engine

CONF = """\
[containers]
cgroups = "disabled"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "crun"
runtime_supports_nocgroups = ["crun"]
[engine.runtimes]
crun = ["{runtime}"]
"""
# crun, without the limits that a container would be given.
RUNTIME = """\
#!{python} -IS
import json, os, sys

def without(file, inside):
    with open(file) as stream:
        found = json.load(stream)
    (found[inside] if inside else found).pop("rlimits", None)
    with open(file, "w") as stream:
        json.dump(found, stream)

words = sys.argv[1:]
for at, word in enumerate(words):
    if word == "--bundle":
        without(os.path.join(words[at + 1], "config.json"), "process")
    elif word == "--process":
        without(words[at + 1], "")
os.execv({crun!r}, ["crun", *words])
"""
DOCKER = """\
#!/bin/sh
for word in "$@"; do
  shift
  case $word in
    create) set -- "$@" create {mounts} ;;
    --log-driver=local) ;;
    *) set -- "$@" "$word" ;;
  esac
done
exec {podman} "$@"
"""
AS_ROOT = "unshare -m sh -c 'mount -t tmpfs none /sys/fs/cgroup; exec \"$@\"' sh env CONTAINERS_CONF={conf} "


class Podman:
    """An engine of its own, and `bin/docker`, which talks to it."""

    def __init__(self) -> None:
        """Lay it out; nothing runs yet."""
        for name in ("podman", "crun", "unshare"):
            engine(name)
        # Not below pytest's folder: the paths of its sockets would be too long.
        self.folder = Path(tempfile.mkdtemp(prefix="p", dir="/tmp"))
        self.folder.chmod(0o755)
        root = os.geteuid() == 0
        conf, runtime = self._written("containers.conf", ""), self.folder / "crun"
        self._written("crun", RUNTIME.format(python=sys.executable, crun=shutil.which("crun")))
        conf.write_text(CONF.format(runtime=runtime))
        self.podman = (AS_ROOT.format(conf=conf) if root else "") + (
            f"podman --storage-driver=vfs --root={self.folder}/root --runroot={self.folder}/run"
        )
        mounts = " ".join(f"--volume={place}:{place}:ro" for place in places())
        self.docker = self._written("bin/docker", DOCKER.format(mounts=mounts, podman=self.podman))

    def run(self, *words: str) -> str:
        """Run docker; return what it prints."""
        done = subprocess.run([self.docker, *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout

    def image(self, name: str, files: Mapping[str, Path], folders: tuple[str, ...], *changes: str) -> None:
        """Make an image of files and of folders that user 10001 owns, from the words of a Dockerfile."""
        archive = self.folder / "image.tar"
        with tarfile.open(archive, "w") as tar:
            for place in ("proc", "sys", "dev", "tmp", "etc", "run", "usr", *folders):
                owner = 10001 if place in folders else 0
                tar.addfile(_entry(place, tarfile.DIRTYPE, 0o755, owner))
            for place in ("bin", "lib", "lib64", "sbin"):
                link = _entry(place, tarfile.SYMTYPE, 0o777, 0)
                link.linkname = f"usr/{place}"
                tar.addfile(link)
            for place, file in files.items():
                content = file.read_bytes()
                entry = _entry(place, tarfile.REGTYPE, 0o644, 0)
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
        given = [
            f"ENV PATH={sys.base_prefix}/bin",
            f"ENV PYTHONPATH={sysconfig.get_path('purelib')}",
            "USER 10001:10001",
            *changes,
        ]
        self.run("import", *(f"--change={each}" for each in given), str(archive), name)

    def close(self) -> None:
        """End everything that runs."""
        for name in self.run("ps", "--all", "--quiet").split():
            self.run("rm", "--force", "--time=0", name)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _written(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return path


def places() -> list[str]:
    """Return the folders of the machine that its Python consists of."""
    return list(dict.fromkeys(["/usr", sys.base_prefix, sysconfig.get_path("purelib")]))


def _entry(name: str, kind: bytes, mode: int, owner: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode, entry.uid, entry.gid = kind, mode, owner, owner
    return entry
