"""The refused inputs: files under rejected/<CODE>/, and those that no text file can hold."""

import io
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager, redirect_stderr
from dataclasses import dataclass
from pathlib import Path

from mlopsc.cli.session import Session

FOLDER = Path(__file__).parent / "rejected"
SPEC = "mlops.yaml"

_HEAD = b"version: 1\nmodel: {name: churn}\ndata: {path: data/customers.csv}\n"
_BOMB = b"validation:\n  a0: &a0 [1]\n" + b"".join(
    b"  a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 10)) for n in range(1, 10)
)
_BYTES: dict[tuple[str, str], Callable[[], bytes]] = {
    ("M101", "image"): lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    ("M101", "latin_1"): lambda: _HEAD + "x-city: Orléans\n".encode("latin-1"),
    ("M101", "nul"): lambda: _HEAD + b"x-note: a\0b\n",
    ("M101", "utf_16"): lambda: _HEAD.decode().encode("utf-16"),
    ("M102", "20_megabytes"): lambda: b"age,email\n" * (20 * 1024 * 1024 // 10),
    ("M103", "100_000_brackets"): lambda: _HEAD + b"validation: " + b"[" * 100_000,
    ("M103", "100_000_dashes"): lambda: b"- " * 100_000,
    ("M103", "alias_bomb"): lambda: _HEAD + _BOMB,
    ("M104", "crlf_and_bom"): lambda: b"\xef\xbb\xbfversion: 1\r\nmodel:\r\n  name: a\r\n  name: b\r\n",
    ("M109", "no_bytes"): lambda: b"",
    ("M114", "bell"): lambda: _HEAD + b"x-note: a\x07b\n",
    ("M114", "escape_sequence"): lambda: _HEAD + b"x-note: \x1b[2Jgone\n",
    ("M114", "line_separator"): lambda: _HEAD + "x-note: a\u2028b\n".encode(),
}


@dataclass(frozen=True)
class Case:
    """An input that is refused, or remarked upon, with `code`; `source` is a file, a folder or bytes."""

    code: str
    name: str
    source: Path | Callable[[], bytes]

    @property
    def expected(self) -> Path:
        return FOLDER / self.code / f"{self.name}.txt"

    def place(self, root: Path) -> str:
        """Write the input below `root`; return what to validate, from there.

        That is the mlops.yaml; the whole folder where there are several; a house.yaml where there is none.
        """
        if not isinstance(self.source, Path):
            (root / SPEC).write_bytes(self.source())
        elif self.source.is_dir():
            shutil.copytree(self.source, root, dirs_exist_ok=True)
        else:
            shutil.copyfile(self.source, root / SPEC)
        specs = [*root.rglob(SPEC)] or [*root.rglob("house.yaml")]
        return specs[0].relative_to(root).as_posix() if len(specs) == 1 else "."


def cases() -> list[Case]:
    """Return all refused inputs, sorted."""
    sources = [path for path in FOLDER.glob("*/*") if path.suffix in ("", ".yaml")]
    found = [Case(path.parent.name, path.stem, path) for path in sources]
    made = [Case(code, name, source) for (code, name), source in _BYTES.items()]
    return sorted([*found, *made], key=lambda case: (case.code, case.name))


def validate(root: Path, spec: str) -> str:
    """Return what `mlopsc validate` says on standard error, from the working directory `root`.

    A folder `plugin` holds an installed package, as `site-packages` does.
    """
    session, said = Session(), io.StringIO()
    with chdir(root), _installed(root / "plugin"), redirect_stderr(said):
        list(session.run([spec], None, "."))
        session.report()
    return said.getvalue()


@contextmanager
def _installed(packages: Path) -> Iterator[None]:
    before = set(sys.modules)
    sys.path.insert(0, str(packages))
    try:
        yield
    finally:
        sys.path.remove(str(packages))
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", "")).startswith(str(packages)):
                del sys.modules[name]
