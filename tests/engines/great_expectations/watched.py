"""A watched folder, a warm judge that counts, and looks that a test asks for."""

import threading
from pathlib import Path
from typing import Any

from tests.engines.great_expectations.world import Repository, expect

GOOD, BAD = "age\n30\n", "age\n7\n"


class Watched:
    """The folder `in` of a repository whose suite wants adults."""

    def __init__(self, repository: Repository) -> None:
        adult = expect("column_values_to_be_between", column="age", min_value=18)
        validator = repository.ops["validate"].Validator(repository.suite(adult))
        self.validator, self.watch, self.folder = validator, repository.ops["watch"], repository.root / "in"
        self.folder.mkdir()
        self.judged: list[str] = []

    def judge(self, files: list[str]) -> Any:
        self.judged += [Path(file).name for file in files]
        return self.validator.judge(files, self.validator.quick)

    def put(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def run(self) -> dict[str, int]:
        """Start anew, settle what is there, and end."""
        inbox = self.watch.Inbox(self.folder, "csv", self.judge)
        return dict(self.watch.serve(inbox, threading.Event(), 0, True))

    def names(self, below: str = ".") -> list[str]:
        folder = self.folder / below
        return sorted(file.name for file in folder.iterdir() if file.is_file() and file.name[0] != ".")
