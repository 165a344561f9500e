"""The proxies of a mesh, the callers behind them, and the way to Prometheus: all real HTTP on loopback.

A request goes where the route's current weights say, to a ready pod of that destination; who finds none gets
the 503 that Envoy gives. What is on its way when weights change is answered by the pod that it went to.
News of weights and of pods arrive late, as in a real mesh.
"""

import asyncio
import contextlib
import itertools
import json
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from tests.engines.canary.kinds import HTTP_ROUTE, VIRTUAL_SERVICE, Kind

# How late the proxies hear of new weights and of pods.
LATE = 0.25
ATTEMPTS = 3
# Enough that a slow answer to one does not make all of them fewer.
CALLERS = 8
BODY = b'{"instances": [{}]}'
# Whom requests are about: again and again the same.
IDS = 40
ARM = "x-mlops-arm"


@dataclass(frozen=True)
class Seen:
    """One request as its caller saw it: when it was answered, by whom, the code, and by which version.

    `entity` is whom it is about; `inner` says that its caller is a pod of the service.
    """

    at: float
    track: str
    code: int
    version: str
    why: str = ""
    entity: str = ""
    inner: bool = False


@dataclass(frozen=True)
class Weights:
    """The weights by track, and the percent that is mirrored to the canary.

    `arm` is a header, its value, and the track of whoever has it, where a rule for that comes first.
    """

    tracks: dict[str, int]
    mirrored: int = 0
    arm: tuple[str, str, str] = ("", "", "")


@dataclass
class Mesh:
    """The way of one model's requests. `weights` and `endpoints` read what is so now."""

    weights: Callable[[], Weights]
    endpoints: Callable[[str], list[int]]
    seen: list[Seen] = field(default_factory=list)
    mirrored: int = 0
    history: list[tuple[float, dict[str, int]]] = field(default_factory=list)
    port: int = 0
    rate: float = 0
    waiting: int = 0
    _known: deque[tuple[float, Weights, dict[str, list[int]]]] = field(default_factory=deque)
    _owed: dict[str, float] = field(default_factory=dict)
    _turn: "itertools.count[int]" = field(default_factory=itertools.count)
    _callers: "itertools.count[int]" = field(default_factory=itertools.count)
    _mirror_owed: float = 0

    def learn(self) -> None:
        """Hear what is so now; it is acted on a little later."""
        weights = self.weights()
        pods = {track: self.endpoints(track) for track in weights.tracks}
        self._known.append((time.monotonic(), weights, pods))
        while len(self._known) > 1 and self._known[1][0] <= time.monotonic() - LATE:
            self._known.popleft()
        if not self.history or self.history[-1][1] != weights.tracks:
            self.history.append((time.monotonic(), weights.tracks))

    def choose(self, head: dict[str, str]) -> tuple[str, list[int]]:
        """Return the track of the next request, and its pods: shares are met as exactly as can be."""
        _, weights, pods = self._known[0]
        header, value, own = weights.arm
        if header and head.get(header) == value:
            return own, self._in_turn(pods[own])
        total = sum(weights.tracks.values())
        for track, weight in weights.tracks.items():
            self._owed[track] = self._owed.get(track, 0) * bool(weight) + weight / total
        track = max(weights.tracks, key=lambda each: self._owed[each] if weights.tracks[each] else -1e9)
        self._owed[track] -= 1
        return track, self._in_turn(pods[track])

    def copies(self) -> list[int]:
        """Return the pods that get a copy of this request, none where it is not mirrored."""
        _, weights, pods = self._known[0]
        self._mirror_owed += weights.mirrored / 100
        if self._mirror_owed < 1:
            return []
        self._mirror_owed -= 1
        return self._in_turn(pods.get("canary", []))

    def _in_turn(self, pods: list[int]) -> list[int]:
        first = next(self._turn) % len(pods) if pods else 0
        return (pods[first:] + pods[:first])[:ATTEMPTS]

    async def proxy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection of a caller."""
        _keep(asyncio.current_task())
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head, body = await _read(reader)
                named = _headers(head)
                track, pods = self.choose(named)
                for port in self.copies()[:1]:
                    self.mirrored += 1
                    _later(_forward([port], head, body))
                code, answer, why = await _forward(pods, head, body, told := [])
                said = answer.decode(errors="replace")[:20]
                entity, inner = named.get("x-entity-id", ""), ARM in named
                self.seen.append(Seen(time.monotonic(), track, code, said, why, entity, inner))
                own = b"".join(b"%s: %s\r\n" % each for each in told)
                size = b"content-length: %d\r\n\r\n" % len(answer)
                writer.write(b"HTTP/1.1 %d X\r\n" % code + own + size + answer)
        writer.close()

    async def callers(self) -> None:
        """Ask for predictions all the time, as often as `rate` says (a second, in all)."""
        await asyncio.gather(*(self._caller() for _ in range(CALLERS)))

    async def _caller(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        head = (
            b"POST /predict HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            b"x-entity-id: %d\r\ncontent-length: %d\r\n\r\n"
        )
        due = time.monotonic()
        while True:
            due = (
                max(due + CALLERS / self.rate, time.monotonic() - 1) if self.rate else time.monotonic() + 0.2
            )
            await asyncio.sleep(max(0, due - time.monotonic()))
            if self.rate:
                self.waiting += 1
                writer.write(head % (next(self._callers) % IDS, len(BODY)) + BODY)
                await _read(reader)
                self.waiting -= 1


async def _read(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Return head and body of one message."""
    head = await reader.readuntil(b"\r\n\r\n")
    lower = head.lower()
    size = int(lower.partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
    return head, await reader.readexactly(size)


def _headers(head: bytes) -> dict[str, str]:
    """Return the headers of a message."""
    lines = [line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:] if line]
    return {name.lower(): value.strip() for name, _, value in lines}


async def _forward(
    ports: list[int], head: bytes, body: bytes, told: list[tuple[bytes, bytes]] | None = None
) -> tuple[int, bytes, str]:
    """Return code, body, and what Envoy would say of itself: UH without a pod, UF, UC.

    What a pod tells of itself is added to `told`. Only a connection that is not made is tried at another pod, as the route's retries say.
    """
    for port in ports:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            continue
        try:
            writer.write(head.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n") + body)
            said, answer = await asyncio.wait_for(_read(reader), 30)
            track = _headers(said).get("x-mlops-track", "")
            if told is not None and track:
                told.append((b"x-mlops-track", track.encode()))
            return int(said.split()[1]), answer, ""
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            return 503, b"", "UC"
        finally:
            writer.close()
    return 503, b"", "UF" if ports else "UH"


_TASKS: set["asyncio.Task[Any]"] = set()


def _later(work: Coroutine[Any, Any, Any]) -> None:
    _keep(asyncio.ensure_future(work))


def _keep(task: "asyncio.Task[Any] | None") -> None:
    assert task
    _TASKS.add(task)
    task.add_done_callback(_TASKS.discard)


@dataclass
class Relay:
    """The way to Prometheus; `mode` is what is wrong with it: gone, nan, empty, wrong (a 500), or nothing."""

    behind: int
    mode: str = ""
    port: int = 0
    queries: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection, which ends with its answer."""
        _keep(asyncio.current_task())
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head, body = await _read(reader)
            if self.mode == "gone":
                writer.transport.abort()
                return
            code, answer, _ = await _forward([self.behind], head, body)
            self.queries.append(head.split()[1].decode())
            if self.mode == "wrong":
                code, answer = 500, b"{}"
            elif self.mode in ("nan", "empty"):
                answer = _altered(answer, self.mode)
            writer.write(
                b"HTTP/1.1 %d X\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"
                % (code, len(answer))
                + answer
            )
        writer.close()


def _altered(answer: bytes, mode: str) -> bytes:
    said = json.loads(answer)
    if said.get("status") == "success":
        stamp = time.time()
        said["data"]["result"] = [{"metric": {}, "value": [stamp, "NaN"]}] if mode == "nan" else []
    return json.dumps(said).encode()


class Net:
    """The event loop of all proxies, callers and relays, in a thread of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.meshes: list[Mesh] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._do(self._begin())

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    async def _begin(self) -> None:
        _later(self._learn())

    async def _learn(self) -> None:
        while True:
            for each in self.meshes:
                each.learn()
            await asyncio.sleep(0.1)

    def listen(self, mesh: Mesh) -> None:
        """Give a mesh its port, where nobody asks for anything yet."""
        mesh.port = self._do(_listen(mesh.proxy))

    def add(self, mesh: Mesh) -> None:
        """Give a mesh its callers."""
        mesh.learn()
        self.meshes.append(mesh)

        async def begin() -> None:
            _later(mesh.callers())

        self._do(begin())

    def remove(self, mesh: Mesh) -> None:
        """Let its callers fall silent, and return when all are answered."""

        async def silent() -> None:
            mesh.rate = 0
            while mesh.waiting:
                await asyncio.sleep(0.02)

        self._do(silent())
        self.meshes.remove(mesh)

    def relay(self, behind: int) -> Relay:
        """Return a way to what listens at a port."""
        found = Relay(behind)
        found.port = self._do(_listen(found.serve))
        return found

    def close(self) -> None:
        """End all."""

        async def end() -> None:
            left = list(_TASKS)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
            for server in _SERVERS:
                server.close()
            _SERVERS.clear()

        self._do(end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(20)
        self.loop.close()


async def _listen(serve: Callable[..., Coroutine[Any, Any, None]]) -> int:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    _SERVERS.append(server)
    port: int = server.sockets[0].getsockname()[1]
    return port


_SERVERS: list[asyncio.Server] = []


def weights_of(spec: dict[str, Any], kind: Kind, names: dict[str, str]) -> Weights:
    """Return what the route of a kind says; `names` maps its destinations to tracks."""
    if kind == VIRTUAL_SERVICE:
        rules = spec["http"]
        (rule,) = [each for each in rules if each.get("name") == "weighted"]
        # The first that matches: what stands after a rule for everybody is for nobody.
        first = rules[: rules.index(rule)]
        headed = [(each["match"][0]["headers"], each["route"][0]["destination"]["subset"]) for each in first]
        arms = [(name, want["exact"], to) for headers, to in headed for name, want in headers.items()]
        targets = {each["destination"]["subset"]: each.get("weight", 0) for each in rule["route"]}
        mirrors = rule.get("mirrors") or ([{}] if "mirror" in rule else [])
        percent = rule.get("mirrorPercentage", {}).get("value", 100)
        mirrored = mirrors[0].get("percentage", {}).get("value", percent) if mirrors else 0
    else:
        assert kind == HTTP_ROUTE
        (rule,) = [each for each in spec["rules"] if each.get("name") == "weighted"]
        # Of all that match, the one that asks for the most headers.
        others = [each for each in spec["rules"] if each is not rule]
        headed = [(each["matches"][0]["headers"], each["backendRefs"][0]["name"]) for each in others]
        arms = [(want["name"], want["value"], to) for headers, to in headed for want in headers]
        targets = {each["name"]: each.get("weight", 1) for each in rule["backendRefs"]}
        filters = [each for each in rule.get("filters", []) if each["type"] == "RequestMirror"]
        mirrored = filters[0]["requestMirror"].get("percent", 100) if filters else 0
    header, value, to = arms[0] if arms else ("", "", "")
    tracks = {names[name]: weight for name, weight in targets.items()}
    return Weights(tracks, int(mirrored), (header, value, names.get(to, "")))
