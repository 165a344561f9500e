"""The unified diff, with git as its judge."""

import subprocess

from mlopsc.tree.diff import diff

from tests.unit.tree.world import World, rendered


def text(world: World, *files: object, **options: object) -> str:
    return "".join(f"{line}\n" for line in diff(world.plan(*files, **options)))  # type: ignore[arg-type]


def test_git_applies_it(world: World) -> None:
    world.compile(
        rendered("a.txt", "1\n2\n3"), rendered("gone.txt", "x\u2028y\n\x0cz\n"), rendered("empty", "")
    )
    world.respec("new")
    files = (rendered("a.txt", "1\ntwo\n3\n"), rendered("new/b.txt", "no end"), rendered("empty", "now\n"))
    patch = text(world, *files)
    subprocess.run(["git", "apply", "-"], cwd=world.root, input=patch.encode(), check=True)
    assert world.files() == {"a.txt": "1\ntwo\n3\n", "new/b.txt": "no end", "empty": "now\n"}


def test_the_lines(world: World) -> None:
    world.compile(rendered("a.txt", "1\n2\n"))
    world.respec("new")
    assert text(world, rendered("a.txt", "1\n3")) == (
        "--- a/models/churn/a.txt\n+++ b/models/churn/a.txt\n@@ -1,2 +1,2 @@\n 1\n-2\n+3\n"
        "\\ No newline at end of file\n"
    )


def test_a_kept_file_is_marked(world: World) -> None:
    world.compile(rendered("a.txt", "1\n"))
    (world.folder / "a.txt").write_text("mine\n")
    assert "+++ b/models/churn/a.txt\t(kept: hand-edited)\n" in text(world, rendered("a.txt", "1\n"))


def test_binary(world: World) -> None:
    world.compile(rendered("a.bin", b"\xff\x00"))
    assert text(world, rendered("a.bin", b"\xff\x01")) == (
        "Binary files a/models/churn/a.bin and b/models/churn/a.bin differ\n"
    )
    assert text(world, rendered("b.bin", b"a\x00")).startswith(
        "Binary files a/models/churn/a.bin and /dev/null"
    )


def test_nothing_to_show(world: World) -> None:
    files = (rendered("a.txt", "1\n"), rendered("Makefile", "include x\n", yields="include x"))
    (world.folder / "Makefile").write_text("all:\n")
    world.compile(*files)
    assert text(world, *files) == ""
