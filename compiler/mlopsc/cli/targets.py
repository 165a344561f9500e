"""`mlopsc targets`: what can be generated, from which section."""


def targets() -> None:
    """List the targets, the spec sections that they read, and what they write."""
    from mlopsc.cli.console import say, styled
    from mlopsc.targets import TARGETS

    for name, target in TARGETS.items():
        say(styled(name, "strong"))
        say(f"  from   {', '.join(target.SECTIONS)}")
        say(f"  makes  {target.SUMMARY}")
