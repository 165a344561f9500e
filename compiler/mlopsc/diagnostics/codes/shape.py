"""M2xx: the shape of a spec: keys, types and words."""

from mlopsc.diagnostics.codes.base import Code


class M201(Code):
    """A key stands where the language has no such key.

    A misspelt key would otherwise be ignored, and what it asks for would silently not happen.

    Fix: write the key that is proposed, move it to where it belongs, or remove it. Keys of your own
    may stand at the top level when they begin with `x-`.
    """

    title = "unknown key"
    example = "drift: {shedule: daily}"


class M202(Code):
    """A value has another type than its key takes.

    YAML decides types by how a value is written: `3.10` is the number 3.1, `yes` is text, `1` is
    not `true`. Nothing is converted in silence.

    Fix: write a value of the type that is named; quote text that looks like a number.
    """

    title = "wrong type"
    example = "python: {version: 3.10}"


class M203(Code):
    """A value is not one of the words that its key allows.

    Each word stands for something that can be generated; there is nothing for another one.

    Fix: write one of the allowed words, as listed.
    """

    title = "not an allowed word"
    example = "scheduler: gihtub"


class M204(Code):
    """A key is missing that its mapping cannot do without.

    There is no default that would be right for everybody.

    Fix: add the key.
    """

    title = "missing key"
    example = "scoring: {cmd: python src/score.py, input: data/in.csv}"


class M205(Code):
    """A number lies outside the range that makes sense for its key.

    Such a number never fires, or always does.

    Fix: write a number inside the range that is named.
    """

    title = "number out of range"
    example = "drift: {min_rows: 0, tests: [{columns: [age], method: psi, above: 0.2}]}"


class M206(Code):
    """A text has not the form of what it names.

    Names become labels, file names and names of Kubernetes objects; each of these allows certain
    characters only, and a wrong one would fail much later.

    Fix: write it in the form that is described.
    """

    title = "text of another form"
    example = "model: {name: Churn Model}"


class M207(Code):
    """A share or rate is not written as one.

    `5` could be 5 % or 500 %, and `1` could be 1 % or 100 %: a share always bears its `%`. A fraction
    below 1 is accepted where the field is a rate.

    Fix: write `5%`.
    """

    title = "not a share"
    example = "deployment: {steps: [5, 25]}"


class M208(Code):
    """A duration is not written as one.

    A bare number has no unit, and each tool would read another one into it.

    Fix: write a whole number and `s`, `m`, `h` or `d`: `30s`, `10m`, `6h`, `7d`; latencies in `ms` or `s`.
    """

    title = "not a duration"
    example = "deployment: {hold: 10 minutes}"


class M209(Code):
    """A schedule is neither in words nor a cron expression that ever fires.

    Intervals that do not divide the hour or the day evenly would jump at its end; names, `@weekly` and
    other extensions of cron mean different things to different schedulers.

    Fix: write `hourly`, `daily at 06:00`, `weekly on Monday at 06:00`, `monthly`, `every 15 minutes`,
    `every 6 hours`, or five plain fields in quotes: '0 6 * * 1'.
    """

    title = "not a schedule"
    example = "retraining: {triggers: {schedule: every 5 hours}}"


class M210(Code):
    """The spec is written in a version of the language that this compiler does not read.

    A newer language may give a word another meaning.

    Fix: write the version that is named, or use the compiler that reads yours.
    """

    title = "unknown version of the language"
    example = "version: 2"
