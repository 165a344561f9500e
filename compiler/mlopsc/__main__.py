"""The console script: answers a clean `check` from the lock alone, and else starts the compiler."""

import os
import sys


def main() -> None:
    """Run mlopsc."""
    if not _is_clean(sys.argv[1:]):
        from mlopsc.cli.app import run

        run()


def _is_clean(arguments: "list[str]") -> bool:
    """Answer `check` for plain spec files whose lock proves that nothing changed."""
    if arguments[:1] != ["check"] or any(word.startswith("-") for word in arguments):
        return False
    from mlopsc.build_id import build_id
    from mlopsc.tree.lock import NAME, lock_is_clean

    specs = arguments[1:] or ["mlops.yaml"]
    build = build_id()
    for spec in specs:
        lock = os.path.join(os.path.dirname(spec), NAME)
        if not lock_is_clean(lock, build, _from_root(os.path.abspath(spec))):
            return False
    sys.stdout.write("".join(f"{spec}: up to date\n" for spec in specs))
    return True


def _from_root(spec: str) -> str:
    """Return a spec's path from the git top, or its name where there is none."""
    top = folder = os.path.dirname(spec)
    while not os.path.exists(os.path.join(top, ".git")):
        if top == os.path.dirname(top):
            return os.path.relpath(spec, folder).replace(os.sep, "/")
        top = os.path.dirname(top)
    return os.path.relpath(spec, top).replace(os.sep, "/")


if __name__ == "__main__":
    main()
