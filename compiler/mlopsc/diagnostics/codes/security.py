"""M4xx: what must not stand in a spec."""

from mlopsc.diagnostics.codes.base import Code


class M401(Code):
    """A value has the form of a credential: a key, a token, a webhook, or a password in a command.

    A spec is committed, shown in reviews and copied into logs; whoever reads it could use the
    credential. The message and the excerpt do not show it.

    Fix: write `{secret: NAME}` where a reference can stand, otherwise let your program read an
    environment variable; and renew the credential, if it was ever committed.
    """

    title = "credential"
    hides = True
    example = "hooks: {before_train: 'curl -H X-Key:AKIAIOSFODNN7EXAMPLE https://example.com'}"


class M402(Code):
    """A URL holds a password.

    Addresses of brokers and databases often carry user and password; here the whole URL is a secret.

    Fix: write `{secret: NAME}`, e.g. `url: {secret: RABBITMQ_URL}`, and put the URL into that variable.
    """

    title = "password in a URL"
    hides = True
    example = "connections: {redis: {url: 'redis://worker:hunter2@redis:6379'}}"


class M403(Code):
    """A value is long random text, as only tokens and keys are.

    Digests, ids in hexadecimal, paths, patterns and names of columns are not taken for one.

    Fix: write `{secret: NAME}` where a reference can stand, otherwise let your program read an
    environment variable.
    """

    title = "random text"
    hides = True
    example = "tracking: {experiment: 'q7Zt0LkP4xVb9RnWc2Ys8HdJf3GmTa6E'}"


class M404(Code):
    """A field that takes only a secret holds a value.

    Passwords, tokens and webhooks stand in the environment; a spec names the variable that holds them.

    Fix: write `{secret: NAME}` and put the value into that variable; renew it, if it was ever committed.
    """

    title = "secret in plain text"
    hides = True
    example = "connections: {smtp: {host: smtp.example.com, password: hunter2}}"
