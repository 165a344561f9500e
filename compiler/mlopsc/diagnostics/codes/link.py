"""M5xx: the artifacts do not agree with each other, or cannot be written."""

from mlopsc.diagnostics.codes.base import Code


class M501(Code):
    """A generated file relies on something that nothing brings.

    A workflow calls a command, an alert watches a metric, a schedule runs a program: each must be there,
    or the generated repository would fail on its first day. Mostly a plug-in or a house template has
    a misspelt name, or needs a section that the spec has not.

    Fix: correct the name in the plug-in or template, or add the section that brings it.
    """

    title = "nothing brings it"
    example = "# a plug-in's workflow\nrun: make valdate"


class M502(Code):
    """Two targets bring a command, metric or file of the same name.

    Only one of them could be meant by that name.

    Fix: rename one of them; both are named in the message.
    """

    title = "brought twice"
    example = "# a plug-in\nyield Command('validate', ('ops/mine.py',))"


class M503(Code):
    """A value cannot be written in the language of a file.

    Each language has text that it cannot hold, such as a line break in a Make variable; it is refused, never
    mangled.

    Fix: change the value in the spec that the message names.
    """

    title = "value cannot be written"
    example = 'model:\n  name: churn\n  owner: "growth\\nml"'


class M504(Code):
    """A generated text cannot be read back by a parser of its language.

    Every text is read back before anything is written. What we ship is tested for that, so that a house
    template or a plug-in is the likely cause.

    Fix: correct the template; the message says what its parser found.
    """

    title = "text cannot be read back"
    example = "# templates/repository/RUNBOOK.md.j2 of a house\njobs: [<%= model.name %>"


class M505(Code):
    """A target writes outside the repository, or two targets write one file.

    One file has one owner, and its path is plain and relative.

    Fix: change the path in the plug-in; what another target should show is offered to it as a symbol.
    """

    title = "file of two owners"
    example = "# a plug-in\nyield File('../mlops.mk', Data({}))"


class M506(Code):
    """`own` names a file that this spec does not generate.

    `own` hands a generated file over to you; a path that is not generated is yours anyway, and mostly
    is a misspelt one that would still be overwritten.

    Fix: correct the path, or remove the entry.
    """

    title = "not a generated file"
    example = "own: [Dockerfle]"


class M507(Code):
    """A plug-in that the spec names is not there, cannot be imported, or is called as one of our targets.

    `plugins` names targets of third parties, which are found by their entry point in the environment in
    which mlopsc runs.

    Fix: correct the name, or install the package that brings the plug-in.
    """

    title = "no such plug-in"
    example = "plugins: {acmee: {team: growth}}"
