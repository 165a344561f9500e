"""A remote on disk, and the checkout of a workflow: one commit deep, and without credentials."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

# The author of whatever a test itself commits.
ANN = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Ann"), ("EMAIL", "ann@example.com"))
}


def git(folder: Path, *arguments: str) -> str:
    """Run git, as nobody in particular."""
    environment = {**os.environ, **ANN, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@dataclass
class Origin:
    """The bare repository, the folder of a colleague, the checkout, and the model's folder in it."""

    bare: Path
    colleague: Path
    checkout: Path
    folder: str

    @property
    def model(self) -> Path:
        """Return the model's folder, in which the programs run."""
        return self.checkout / self.folder

    def train(self, name: str = "a") -> list[str]:
        """Change what a training changes, and more; return what is to be committed, by its path in the model."""
        back = {
            "dvc.lock": name,
            "data/all.csv.dvc": name,
            "metrics.json": name,
            "plots/roc.csv": name,
            "data/raw.fetched.json": name,
        }
        left = {
            "reports/other.json": name,
            "src/train.py": name,
            ".venv/lib/x.dvc": name,
            "ignored.dvc": name,
            "cached.json": name,
            "kept.json": name,
        }
        for path, content in (back | left).items():
            put(self.model / path, content)
        put(self.checkout / "elsewhere" / "dvc.lock", name)
        return sorted(back)

    def meanwhile(self, path: str = "README.md", content: str = "news") -> str:
        """Let a colleague push to the default branch; return the commit."""
        git(self.colleague, "pull", "-q", "origin", "trunk")
        put(self.colleague / path, content)
        git(self.colleague, "add", "-A")
        git(self.colleague, "commit", "-q", "-m", "meanwhile")
        git(self.colleague, "push", "-q", "origin", "trunk")
        return git(self.colleague, "rev-parse", "HEAD")

    def show(self, what: str) -> str:
        """Return what the remote holds."""
        return git(self.bare, "show", what)

    def log(self, branch: str, form: str) -> list[str]:
        """Return a line for each commit of a branch, newest first."""
        return git(self.bare, "log", f"--format={form}", branch).splitlines()

    def files(self, branch: str) -> list[str]:
        """Return the files that the newest commit of a branch changed, by path in the repository."""
        return git(self.bare, "show", "--format=", "--name-only", branch).splitlines()


def put(path: Path, content: str) -> None:
    """Write a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def origin(root: Path, folder: str) -> Origin:
    """Make all of it; the default branch is called trunk."""
    made = Origin(root / "origin.git", root / "colleague", root / "checkout", folder)
    git(root, "init", "-q", "--bare", "-b", "trunk", str(made.bare))
    git(root, "init", "-q", "-b", "trunk", str(made.colleague))
    git(made.colleague, "remote", "add", "origin", str(made.bare))
    place = made.colleague / folder
    start = {
        "dvc.lock": "old",
        "metrics.json": "old",
        "src/train.py": "old",
        ".gitignore": "ignored.dvc\n.mlops/\n",
    }
    for path, content in start.items():
        put(place / path, content)
    put(made.colleague / "elsewhere" / "dvc.lock", "old")
    git(made.colleague, "add", "-A")
    git(made.colleague, "commit", "-q", "-m", "start")
    git(made.colleague, "commit", "-q", "--allow-empty", "-m", "second")
    git(made.colleague, "push", "-q", "origin", "trunk")
    git(root, "clone", "-q", "--depth=1", f"file://{made.bare}", str(made.checkout))
    return made
