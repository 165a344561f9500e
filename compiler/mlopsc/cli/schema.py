"""`mlopsc schema`: the language as JSON Schema, for editors."""


def schema() -> None:
    """Print the JSON Schema (2020-12) of the spec language."""
    from mlopsc.cli.console import say
    from mlopsc.resources import resource

    say((resource("schemas") / "mlops.schema.json").read_text("utf-8").rstrip("\n"))
