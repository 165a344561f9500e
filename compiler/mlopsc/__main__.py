"""The console script: answers a clean `check` from the lock alone, and else starts the compiler."""

import os
import sys


def main() -> None:
    """Run mlopsc."""
    try:
        if not _is_clean(sys.argv[1:]):
            from mlopsc.cli.run import run

            run(sys.argv[1:])
    except KeyboardInterrupt:
        from mlopsc.cli.console import interrupted

        interrupted()


def _is_clean(arguments: "list[str]") -> bool:
    """Answer `check` for one plain spec whose lock proves that nothing changed.

    Several specs must also agree with each other, which takes the whole compiler.
    """
    if arguments[:1] != ["check"] or len(arguments) > 2 or any(word.startswith("-") for word in arguments):
        return False
    from mlopsc.build_id import build_id
    from mlopsc.tree.lock import NAME, lock_is_clean

    spec = os.path.abspath(arguments[1] if len(arguments) > 1 else "mlops.yaml")
    name = _from_root(spec)
    if not lock_is_clean(os.path.join(os.path.dirname(spec), NAME), build_id(), name):
        return False
    sys.stdout.write(f"{name}: up to date\n")
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
