"""M2xx: the notation of single values: durations, shares, schedules, patterns."""

from mlopsc.diagnostics.codes.base import Code


class M211(Code):
    """A difference is neither a number nor a percentage above 0.

    A number is an absolute difference (0.90 to 0.905), a percentage a relative one.

    Fix: write `0.005` or `2%`.
    """

    title = "not a difference"
    example = "registry: {gate: [{metric: f1, improves_on: champion, by: -1}]}"


class M212(Code):
    """A reference to the environment is malformed, or `env` stands where only a secret can.

    A spec is committed and shown; what must stay secret stands in a variable that is never printed.

    Fix: write `{secret: NAME}`, or `{env: NAME}` for plain configuration; a name has capital letters,
    digits and `_`.
    """

    title = "not a reference"
    example = "monitoring: {notify: {slack: {env: SLACK_WEBHOOK_URL}}}"


class M213(Code):
    """A quantity, rate or figure is not in its notation.

    `512` of memory are 512 bytes to Kubernetes, and `512m` half a byte: the unit is always written.

    Fix: write `512Mi` for memory, `250m` for processor, `20/s` for a rate, `0.9`, `90%` or `200ms` for a
    figure.
    """

    title = "not a quantity, rate or figure"
    example = "serving: {resources: {requests: {memory: 512}}}"


class M214(Code):
    """A list or mapping has too few or too many entries.

    An empty one asks for nothing; a range has two ends.

    Fix: write the number of entries that is named, or remove the key.
    """

    title = "wrong number of entries"
    example = "validation: {columns: {age: {between: [0]}}}"


class M215(Code):
    """A key has no value.

    YAML reads a key without a value as null; so does it read `slack: #ml-alerts`, where everything
    from the `#` on is a comment. Only an overlay may say null: it removes what it overlays.

    Fix: write the value, quote text that starts with `#`, or remove the key.
    """

    title = "no value"
    example = "data: {path: }"


class M216(Code):
    """A pattern is not a regular expression.

    It could not be matched against any value.

    Fix: correct it at the place that is named; inside single quotes YAML changes nothing in it.
    """

    title = "not a regular expression"
    example = "validation: {columns: {plan: {matches: '(basic|pro'}}}"


class M217(Code):
    """A plug-in refuses a value among its settings.

    Each plug-in checks its own settings; what it says is quoted.

    Fix: see the plug-in's own description of its settings.
    """

    title = "setting refused by a plug-in"
    example = "plugins: {acme: {retries: -1}}"
