"""`mlopsc schema`: the language as JSON Schema, for editors."""


def schema() -> None:
    """Print the JSON Schema of the language. Draft 2020-12, for editors."""
    from mlopsc.cli.console import say
    from mlopsc.resources import resource

    say((resource("schemas") / "mlops.schema.json").read_text("utf-8").rstrip("\n"))
