"""`mlopsc targets`: what can be generated, from which section."""


def targets() -> None:
    """List what can be generated. Each target with the sections that it reads and what it writes."""
    from mlopsc.cli.console import say, styled
    from mlopsc.targets import TARGETS

    for name, target in TARGETS.items():
        say(styled(name, "strong"))
        say(f"  from   {', '.join(target.SECTIONS)}")
        say(f"  makes  {target.SUMMARY}")
