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
        folder, name = os.path.split(spec)
        if not lock_is_clean(os.path.join(folder, NAME), build, name):
            return False
    for spec in specs:
        sys.stdout.write(f"{spec}: up to date\n")
    return True


if __name__ == "__main__":
    main()
