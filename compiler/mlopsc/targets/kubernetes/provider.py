"""What shifts traffic to a version, and what it wants in a cluster: a module with these names for each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from mlopsc.symbols import Path

if TYPE_CHECKING:
    from mlopsc.targets.kubernetes.overlay import Overlay


@dataclass(frozen=True, slots=True)
class Part:
    """A file of an overlay, made from a template of templates/kubernetes/.

    `name` is the file's, without `.yaml`; `objects` are those in it, as `Kind/name`. A part with `patches`,
    a kind, is no object of its own: it is laid over every object of that kind, and `turns` says that it
    makes another kind of it. One that `tells` is for kustomize alone: where names stand in kinds that it
    does not know.
    """

    name: str
    template: str
    values: Mapping[str, Any]
    objects: tuple[str, ...] = ()
    patches: str = ""
    turns: bool = False
    tells: bool = False
    at: Path = field(default=("deployment",), kw_only=True)


@dataclass(frozen=True, slots=True)
class Workload:
    """What has a number of pods: `replicas` in it, or an autoscaler that owns them."""

    api: str
    kind: str
    name: str


class Provider(Protocol):
    """How an overlay comes about: folders of kubernetes/ beside the base, and parts of its own."""

    @property
    def FOLDERS(self) -> tuple[str, ...]:
        """`pods` (the Deployment) or `stable` and `canary` made of it, `service`; see `folders`."""

    @property
    def TRACK(self) -> str:
        """The field of a pod that tells a canary's metrics from the others'; empty for none."""

    @property
    def ALWAYS_SCALED(self) -> bool:
        """Whether an autoscaler owns the number of pods even where it is fixed."""

    def workload(self, name: str, /) -> Workload:
        """Return what the number of pods of the spec is of, for a model's name."""

    def parts(self, place: "Overlay", /) -> Iterator[Part]:
        """Yield what the overlay has besides the folders, and what every overlay may have."""

    def words(self, place: "Overlay", /) -> Iterator[str | tuple[str, str]]:
        """Yield what whoever runs it must know, for the runbook; what to type as pairs, as `Note.code`."""
