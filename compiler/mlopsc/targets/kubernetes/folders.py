"""The folders that overlays are made of: the base, which all share, and what only some take.

base             who the pods are, what they may reach, their settings
service, pods    the Service; the Deployment and its budget. In the base where every overlay takes them
stable, canary   the pods once more, each with a label, and so a selector, of its own
"""

from collections.abc import Iterable, Iterator

_BASE = ("serviceaccount", "networkpolicy")
_PIECES = {"service": ("service",), "pods": ("deployment", "poddisruptionbudget")}
TRACKS = ("stable", "canary")
_KINDS = {
    "base": ("NetworkPolicy", "ServiceAccount"),
    "service": ("Service",),
    "pods": ("Deployment", "PodDisruptionBudget"),
}


class Folders:
    """The folders of one repository, for what its overlays take of them."""

    def __init__(self, taken: Iterable[tuple[str, ...]]) -> None:
        """Take the folders of each overlay."""
        wanted = tuple(taken)
        self._everywhere = tuple(each for each in _PIECES if all(each in folders for folders in wanted))
        tracks = tuple(each for each in TRACKS if any(each in folders for folders in wanted))
        used = {each for folders in wanted for each in folders} | ({"pods"} if tracks else set())
        self.beside = tuple(each for each in _PIECES if each in used and each not in self._everywhere)
        self.tracks = tracks

    @property
    def base(self) -> tuple[str, ...]:
        """The files of the base."""
        return (*_BASE, *(file for each in self._everywhere for file in _PIECES[each]))

    def of(self, folder: str) -> tuple[str, ...]:
        """Return the files of a folder beside the base."""
        return _PIECES[folder]

    def where(self, folder: str) -> str:
        """Return the folder in which the files of another one lie."""
        return "base" if folder in self._everywhere else folder

    def resources(self, folders: tuple[str, ...]) -> tuple[str, ...]:
        """Return the folders that an overlay names."""
        return ("base", *(each for each in folders if each not in self._everywhere))


def objects(name: str, settings: str, folders: tuple[str, ...]) -> Iterator[str]:
    """Yield the objects of an overlay's folders, as `Kind/name`; `settings` is the ConfigMap's."""
    yield f"ConfigMap/{settings}"
    for folder in ("base", *folders):
        track = folder if folder in TRACKS else ""
        kinds = _KINDS["pods" if track else folder]
        yield from (f"{kind}/{name}-{track}" if track else f"{kind}/{name}" for kind in kinds)
