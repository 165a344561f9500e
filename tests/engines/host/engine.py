"""A container engine for tests: what docker's daemon does, with real processes in the place of containers.

The command line hands its words to the engine, which goes on when the command line is killed, as
docker's does. Knows only the calls that deploy.sh makes; anything else is an error.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
# What the command line is: it passes its words and what it is told to read, and prints what it hears.
CLIENT = """\
import json, os, socket, sys
door = socket.socket(socket.AF_UNIX)
door.connect({door!r})
door.sendall(json.dumps([sys.argv[1:], os.getpgid(os.getppid())]).encode() + b"\\n")
told = json.loads(door.makefile().readline())
sys.stdout.write(told["out"])
sys.stderr.write(told["err"])
sys.exit(told["code"])
"""
HARDENED = {
    "--read-only",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
    "--tmpfs=/tmp",
    "--network=host",
}


class Refused(Exception):
    """What docker would complain about."""


@dataclass
class Container:
    """A container: how it was made, and the process in it."""

    name: str
    image: str
    labels: dict[str, str]
    environment: dict[str, str]
    options: set[str]
    volumes: dict[str, str]
    born: int
    state: str = "created"
    code: int = 0
    restarts: int = 0
    pid: int = 0
    over: threading.Event = field(default_factory=threading.Event)


class Engine:
    """The daemon. `images` maps each to the environment of its processes, `kill` sees each call."""

    def __init__(self, programs: Path) -> None:
        """Take the folder that stands for /srv in every container."""
        # Short, because the path of a unix socket has at most 107 characters.
        self.folder = Path(tempfile.mkdtemp(prefix="e", dir="/tmp"))
        self.programs, self.clock = programs, 0
        self.images: dict[str, dict[str, str]] = {}
        self.containers: dict[str, Container] = {}
        self.calls: list[list[str]] = []
        self.kill: Callable[[int, str, int], None] = lambda _number, _when, _group: None
        self.lock = threading.RLock()
        self.started: dict[int, Container | None] = {}
        self.codes: dict[int, int] = {}
        self.heard = threading.Condition()
        self._zygote()
        self._listen()

    # The processes.

    def _zygote(self) -> None:
        self.zygote = subprocess.Popen(
            [sys.executable, HERE / "zygote.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.pids: list[int] = []
        threading.Thread(target=self._hear, daemon=True).start()

    def _hear(self) -> None:
        assert self.zygote.stdout
        for line in self.zygote.stdout:
            kind, pid, *code = line.split()
            with self.heard:
                if kind == b"pid":
                    self.pids.append(int(pid))
                else:
                    self.codes[int(pid)] = int(code[0])
                self.heard.notify_all()
            if kind == b"exit":
                threading.Thread(target=self._ended, args=(int(pid), int(code[0])), daemon=True).start()

    def _run(self, program: Path, arguments: list[str], environment: dict[str, str], output: Path) -> int:
        wanted = {
            "program": str(program),
            "arguments": arguments,
            "environment": environment,
            "cwd": str(self.folder),
            "input": "",
            "output": str(output),
        }
        assert self.zygote.stdin
        with self.heard:
            self.zygote.stdin.write(json.dumps(wanted).encode() + b"\n")
            self.zygote.stdin.flush()
            assert self.heard.wait_for(lambda: self.pids, 20)
            return self.pids.pop()

    def _boot(self, container: Container) -> None:
        container.over = threading.Event()
        container.state = "running"
        container.pid = self._run(
            self.programs / "launch.py", [], self._environment(container), self.log(container.name)
        )
        self.started[container.pid] = container

    def _environment(self, container: Container) -> dict[str, str]:
        given = {"PATH": os.environ["PATH"], "PYTHONPATH": str(HERE), "APP": "tiny:app"}
        given |= self.images[container.image] | container.environment
        for volume, place in container.volumes.items():
            (self.folder / volume).mkdir(exist_ok=True)
            given = {
                name: str(self.folder / volume) if value == place else value for name, value in given.items()
            }
        return {**given, "OWN_SOCKET": str(self.folder / f"{container.name}.own")}

    def _ended(self, pid: int, code: int) -> None:
        with self.lock:
            container = self.started.pop(pid, None)
            if container is None:
                return
            container.code = code if code >= 0 else 128 - code
            container.pid = 0
            if container.state == "running":
                # --restart=unless-stopped: it is tried again, and says so meanwhile.
                container.state = "restarting"
                container.restarts += 1
            else:
                container.state = "exited"
            container.over.set()

    def log(self, name: str) -> Path:
        """Return what a container said."""
        return self.folder / f"{name}.log"

    def reboot(self) -> None:
        """Let everything die at once, and start what was not stopped, all at the same time."""
        with self.lock:
            lost = [each for each in self.containers.values() if each.state in ("running", "restarting")]
        for each in lost:
            if each.pid:
                os.kill(each.pid, signal.SIGKILL)
                assert each.over.wait(20)
        with self.lock:
            for each in lost:
                each.restarts = 0
                self._boot(each)

    def restart(self, name: str) -> None:
        """Start a container again that fell over, as docker does after a pause."""
        with self.lock:
            assert self.containers[name].state == "restarting"
            self._boot(self.containers[name])

    def close(self) -> None:
        """End everything."""
        for each in self.containers.values():
            if each.pid:
                os.kill(each.pid, signal.SIGKILL)
        assert self.zygote.stdin
        self.zygote.stdin.close()
        self.zygote.wait(20)
        self.server.shutdown()
        self.server.server_close()
        shutil.rmtree(self.folder)

    # The command line.

    def _listen(self) -> None:
        engine, door = self, self.folder / "door"

        class Call(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                words, group = json.loads(self.rfile.readline())
                told = engine.call(words, group)
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    self.wfile.write(json.dumps(told).encode() + b"\n")

        self.server = socketserver.ThreadingUnixStreamServer(str(door), Call)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        (self.folder / "bin").mkdir()
        client = self.folder / "bin/docker"
        client.write_text(f"#!{sys.executable} -IS\n{CLIENT.format(door=str(door))}")
        client.chmod(0o755)

    def call(self, words: list[str], group: int) -> dict[str, Any]:
        """Do one call; return what docker prints and its exit code."""
        with self.lock:
            self.calls.append(words)
            number = len(self.calls)
        self.kill(number, "before", group)
        name = f"image_{words[1]}" if words[0] == "image" else words[0]
        try:
            out, code = getattr(self, f"do_{name}")(*words[2 if words[0] == "image" else 1 :])
            told = {"out": out, "err": "", "code": code}
        except Refused as fault:
            told = {"out": "", "err": f"Error response from daemon: {fault}\n", "code": 1}
        self.kill(number, "after", group)
        return told

    def _of(self, name: str) -> Container:
        if name not in self.containers:
            raise Refused(f"No such container: {name}")
        return self.containers[name]

    def do_ps(self, *words: str) -> tuple[str, int]:
        """List containers, the newest first."""
        *how, wanted = words
        assert how == ["--all", "--quiet", "--no-trunc"]
        key, value = wanted.removeprefix("--filter=label=").split("=")
        with self.lock:
            found = sorted(self.containers.values(), key=lambda each: -each.born)
            return "".join(f"{each.name}\n" for each in found if each.labels.get(key) == value), 0

    def do_inspect(self, kind: str, shape: str, *names: str) -> tuple[str, int]:
        """Show something of containers."""
        assert kind == "--type=container"
        with self.lock:
            return "".join(f"{_shown(shape, self._of(name))}\n" for name in names), 0

    def do_image_inspect(self, image: str) -> tuple[str, int]:
        """Say whether an image is here."""
        return "[]\n", int(image not in self.images)

    def do_pull(self, _quiet: str, image: str) -> tuple[str, int]:
        """Nothing can be pulled."""
        raise Refused(f"manifest for {image} not found: manifest unknown")

    def do_create(self, *words: str) -> tuple[str, int]:
        """Make a container."""
        *options, image = words
        assert all(re.fullmatch(r"--[a-z-]+(=.*)?", each, re.DOTALL) for each in options), options
        pairs = [each.partition("=")[::2] for each in options]
        (name,) = [value for key, value in pairs if key == "--name"]
        with self.lock:
            if name in self.containers:
                raise Refused(f"Conflict. The container name /{name} is already in use")
            self.clock += 1
            self.containers[name] = Container(
                name=name,
                image=image,
                labels={"mlops.handover": self.images[image].get("HANDS_OVER", "1")}
                | dict(value.split("=", 1) for key, value in pairs if key == "--label"),
                environment=dict(value.split("=", 1) for key, value in pairs if key == "--env"),
                options=set(options),
                volumes=dict(value.split(":", 1) for key, value in pairs if key == "--volume"),
                born=self.clock,
            )
        return "0123456789ab\n", 0

    def do_start(self, name: str) -> tuple[str, int]:
        """Start a container; one that runs goes on."""
        with self.lock:
            container = self._of(name)
            if container.state != "running":
                container.restarts = 0
                self._boot(container)
        return f"{name}\n", 0

    def do_stop(self, _t: str, seconds: str, name: str) -> tuple[str, int]:
        """Stop a container: SIGTERM, and SIGKILL when its time is over."""
        with self.lock:
            container = self._of(name)
            if container.state not in ("running", "restarting", "stopping"):
                return f"{name}\n", 0
            container.state, pid = "stopping" if container.pid else "exited", container.pid
        if pid:
            os.kill(pid, signal.SIGTERM)
            if not container.over.wait(float(seconds)):
                os.kill(pid, signal.SIGKILL)
                assert container.over.wait(20)
        return f"{name}\n", 0

    def do_rm(self, name: str) -> tuple[str, int]:
        """Remove a container that does not run."""
        with self.lock:
            if self._of(name).state not in ("created", "exited"):
                raise Refused("container is running: stop the container before removing or force remove")
            del self.containers[name]
        return f"{name}\n", 0

    def do_image_rm(self, image: str) -> tuple[str, int]:
        """Remove an image that no container has."""
        with self.lock:
            if any(each.image == image for each in self.containers.values()):
                raise Refused(f"conflict: unable to delete {image}: container is using it")
            self.images.pop(image, None)
        return "", 0

    def do_logs(self, _tail: str, count: str, name: str) -> tuple[str, int]:
        """Show what a container said last."""
        said = self.log(self._of(name).name)
        lines = said.read_text().splitlines(keepends=True) if said.exists() else []
        return "".join(lines[-int(count) :]), 0

    def do_exec(self, name: str, *words: str) -> tuple[str, int]:
        """Run the probe in a container, as a process of its own."""
        with self.lock:
            container = self._of(name)
            if container.state not in ("running", "stopping"):
                raise Refused(f"container {name} is not running")
        assert words[:2] == ("python", "/srv/probe.py"), words
        output = self.folder / f"{name}.exec"
        pid = self._run(self.programs / "probe.py", list(words[2:]), self._environment(container), output)
        with self.heard:
            assert self.heard.wait_for(lambda: pid in self.codes, 20)
            return "", self.codes.pop(pid)


def _shown(shape: str, container: Container) -> str:
    """Fill the few holes of Go's templates that deploy.sh uses."""
    values = {
        ".Name": f"/{container.name}",
        # docker calls it running while it ends.
        ".State.Status": "running" if container.state == "stopping" else container.state,
        ".State.ExitCode": str(container.code),
        ".RestartCount": str(container.restarts),
        ".Config.Image": container.image,
    }
    names = re.findall(r'index \.Config\.Labels "(.*?)"', shape)
    values |= {f'index .Config.Labels "{name}"': container.labels.get(name, "") for name in names}
    return re.sub(r"\{\{(.*?)\}\}", lambda found: values[found[1]], shape.removeprefix("--format="))


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
