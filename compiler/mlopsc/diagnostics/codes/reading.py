"""M1xx: the file cannot be read as a spec, or would be read otherwise than it was meant."""

from mlopsc.diagnostics.codes.base import Code


class M101(Code):
    """The file is not UTF-8 text.

    A spec is text that people review and tools compare; bytes that are no UTF-8 come from another
    encoding (UTF-16, Latin-1) or from a binary file that was given by mistake.

    Fix: save the file as UTF-8, or give the path of an mlops.yaml.
    """

    title = "not UTF-8 text"
    example = "model: {name: caf\\xe9}   # the byte E9 is Latin-1"


class M102(Code):
    """The file is larger than any spec.

    A spec has some hundred lines; a megabyte is nearly always a data file given by mistake, and is
    refused before anything parses it.

    Fix: give the path of an mlops.yaml; a spec names its data by path: `data: {path: …}`.
    """

    title = "file too large"
    example = "$ mlopsc validate data/customers.csv"


class M103(Code):
    """The spec is nested too deep, or has too many values once its aliases are followed.

    No section needs more than ten levels. Limits keep a damaged or hostile file (a hundred thousand
    brackets, aliases that multiply each other) from taking the machine down.

    Fix: close the bracket that was left open, or write out what the aliases stand for.
    """

    title = "too deep or too many values"
    example = "data: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["


class M104(Code):
    """One mapping has the same key twice.

    YAML readers keep one of the two in silence, mostly the last, so that a setting is lost without
    a word.

    Fix: remove one of them, or join their contents.
    """

    title = "duplicate key"
    example = "model: {name: churn}\nmodel: {owner: data-team}"


class M105(Code):
    """The text is not YAML.

    Most often a line is indented otherwise than its neighbours, a quote or bracket is not closed, or
    plain text starts with a character that YAML keeps for itself (`@`, `*`, `%`, a backquote).

    Fix: follow the help below the message; text in single quotes is always taken as it stands.
    """

    title = "not YAML"
    example = "retraining:\n  schedule: @weekly"


class M106(Code):
    """The file holds more than one YAML document.

    One file is one spec of one model; what stands after `---` would be ignored by some readers.

    Fix: remove `---` and what follows, or move it to the folder of another model.
    """

    title = "several documents"
    example = "version: 1\n---\nversion: 1"


class M107(Code):
    """A value has a YAML tag.

    The spec language needs none, and tags mean different things, some of them dangerous, to
    different readers.

    Fix: write the plain value; put text that looks like something else in quotes.
    """

    title = "tag"
    example = "model:\n  name: !!str churn"


class M108(Code):
    """A merge key, an alias without an anchor, or an alias that reaches into another section.

    Such sharing is invisible at the place where it takes effect. Inside one section anchors are
    allowed; what several specs share goes into a file of its own.

    Fix: repeat the value, or share it with `extends: PATH`; quote text that starts with `*`.
    """

    title = "merge key or alias"
    example = "base: &base {retries: 2}\nairflow:\n  <<: *base"


class M109(Code):
    """The file is empty, or holds only comments.

    A spec needs `version`, `model.name`, `data.path` and one automation.

    Fix: `mlopsc init` writes a short commented spec to start from.
    """

    title = "empty file"
    example = "# version: 1"


class M110(Code):
    """The file holds a list or a single value where a mapping of sections is expected.

    A spec is a mapping: `version`, `model`, `data` and the sections that you need, each at the
    left margin.

    Fix: start with `version: 1` and `model: {name: …}`.
    """

    title = "not a mapping"
    example = "- version: 1\n- model: {name: churn}"


class M111(Code):
    """A plain value is text here, and something else for readers of YAML 1.1.

    The spec language is YAML 1.2, where `no` is text and `12:30` is text; older tools that read the
    same file see false and 750.

    Fix: put the value in quotes; write `true` or `false` when a boolean is meant.
    """

    title = "read otherwise by older tools"
    severity = "warning"
    example = "validation:\n  columns:\n    country: {in: [DE, SE, NO]}"


class M112(Code):
    """A key is not text.

    All keys of the language are words, and names of columns are text, too: a number, `true` or
    `null` as a key, or a list or mapping, would not survive a round trip through other tools.

    Fix: quote the key; when a list or mapping is reported, look for a missing `:` or quote.
    """

    title = "key is not text"
    example = "validation:\n  columns:\n    2024: {type: number}"


class M113(Code):
    """A tab indents a line.

    YAML allows only spaces, because a tab has no agreed width.

    Fix: replace each tab by two spaces.
    """

    title = "tab"
    example = "model:\n\tname: churn"


class M114(Code):
    """The text holds a control character or a line separator of Unicode.

    They are invisible, often come with pasted text, and change what a terminal, a shell or a parser
    makes of the value; only line breaks and tabs may stand in a value.

    Fix: remove the character; a line separator that is meant is written as an escape in double quotes.
    """

    title = "control character"
    example = 'model:\n  name: "churn\\a"'
