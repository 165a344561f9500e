"""Values that look like credentials: a spec is committed, shown and mailed, so none may stand in it."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from mlopsc.diagnostics import Diagnostic, Path
from mlopsc.source.nodes import Document

_SHORTEST = 12
# Longer values are texts under `x-` keys; a credential stands at the start of one, if anywhere.
_LONGEST = 10_000

# (text that must occur, what it is, pattern): the issuers' documented forms. Compiled on need, none
# with a repetition that could run over a long text more than once.
_KINDS = (
    ("AKIA", "an access key of AWS", r"(?<![A-Z0-9])AKIA[A-Z0-9]{16}(?![A-Z0-9])"),
    ("ASIA", "an access key of AWS", r"(?<![A-Z0-9])ASIA[A-Z0-9]{16}(?![A-Z0-9])"),
    ("gh", "a token of GitHub", r"\bgh[oprsu]_[A-Za-z0-9]{30,}"),
    ("github_pat_", "a token of GitHub", r"\bgithub_pat_\w{20,}"),
    ("glpat-", "a token of GitLab", r"\bglpat-[\w-]{20,}"),
    ("AIza", "an API key of Google", r"\bAIza[\w-]{35}"),
    ("hooks.slack.com/", "a webhook of Slack", r"hooks\.slack\.com/\w+/\w"),
    ("webhook.office.com/", "a webhook of Teams", r"webhook\.office\.com/\w+/\w"),
    ("/api/webhooks/", "a webhook of Discord", r"discord(?:app)?\.com/api/webhooks/\d"),
    ("xox", "a token of Slack", r"\bxox[abeoprs]-[\w-]{10,}"),
    ("PRIVATE KEY", "a private key", r"-----BEGIN [A-Z ]*PRIVATE KEY"),
    ("eyJ", "a JSON web token", r"\beyJ[\w-]{10,400}\.[\w-]{10,400}\."),
    ("hf_", "a token of Hugging Face", r"\bhf_[A-Za-z0-9]{30,}"),
    ("sk-", "an API key", r"\bsk-(?:\w+-)?(?=\w*\d)\w{20,}"),
    ("k_live_", "an API key of Stripe", r"\b[rs]k_live_\w{20,}"),
    ("pypi-AgE", "a token of PyPI", r"\bpypi-AgE[\w-]{20,}"),
    ("npm_", "a token of npm", r"\bnpm_[A-Za-z0-9]{30,}"),
    ("dapi", "a token of Databricks", r"\bdapi[0-9a-f]{32}"),
    ("Key=", "a key of Azure", r"\b(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{20,}"),
    ("ig", "a signed URL", r"[?&](?:sig|X-Amz-Signature|X-Goog-Signature)=[\w%]{16,}"),
)
_URL = r"://[^/\s:@]*:(?![$*{<])[^/\s@]+@"
_ASSIGNED = (
    r"(?i)(?<!/)(?:passw(?:or)?d|pwd|token|secret|api[_-]?key|bearer)[=: ] ?"
    r"(?=[^\s$'\"{<&]{0,99}\d)[^\s$'\"{<&/.-][^\s$'\"{<&]{7,}"
)
_NAMED = ("password", "passwd", "api_key", "secret_key", "private_key", "access_token", "client_secret")

# Random text of 32 characters in a field that does not hold names, paths, patterns or digests.
_LONG = r"[A-Za-z0-9+/=_-]{32,}"
_PARTS = r"[^A-Za-z0-9]+"
_HEX = r"[0-9a-fA-F-]+"
_NAMES = (
    "path deps outs metrics plots artifact checkpoint incoming remote input output reference requirements "
    "dags own templates extends models matches regex regex_list like_pattern like_pattern_list in value_set "
    "columns column column_A column_B column_list column_set id timestamp target value join_key metric image "
    "aws_role topic queue"
)
_NEVER = frozenset(_NAMES.split())
# Names are made of short words; random text has a long run without a separator.
_WORD = 12
# Bits per character, and how often letters, capitals and digits alternate: between random text and names.
_ENTROPY, _CHANGES = 3.7, 0.34


def credentials(document: Document) -> Iterator[Diagnostic]:
    """Yield one finding (M401 to M403) per value that looks like a credential; none of them shows it."""
    for path, node in document.root.walk():
        value = node.value
        if isinstance(value, str) and path and (len(value) >= _SHORTEST or path[-1] in _NAMED):
            yield from _judged(path, value[:_LONGEST])


def _judged(path: Path, value: str) -> Iterator[Diagnostic]:
    if kind := next((what for mark, what, form in _KINDS if mark in value and re.search(form, value)), None):
        yield _refusal("M401", path, f"{kind} stands in the spec")
    elif "://" in value and "@" in value and re.search(_URL, value):
        yield _refusal("M402", path, "a URL with a password stands in the spec")
    elif _assigned(path, value):
        yield _refusal("M401", path, "a password or key stands in the spec")
    elif len(value) >= 32 and _field(path) not in _NEVER and any(map(_random, re.findall(_LONG, value))):
        yield _refusal("M403", path, "random text stands in the spec: a token or key?")


def _assigned(path: Path, value: str) -> bool:
    named = path[-1] in _NAMED and not value.startswith("$")
    return named or ((" " in value or "=" in value) and re.search(_ASSIGNED, value) is not None)


def _random(text: str) -> bool:
    if re.fullmatch(_HEX, text) or max(map(len, re.split(_PARTS, text))) < _WORD:
        return False
    classes = [0 if c.islower() else 1 if c.isupper() else 2 for c in text if c.isalnum()]
    changes = sum(a != b for a, b in pairwise(classes)) / len(text)
    return changes >= _CHANGES and _entropy(text) >= _ENTROPY


def _entropy(text: str) -> float:
    """Return Shannon's entropy in bits per character."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())


def _field(path: Path) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def _refusal(code: str, path: Path, message: str) -> Diagnostic:
    refers = path[-3:-2] == ("connections",) or path[-2:] == ("tracking", "uri")
    name = re.sub(r"\W+", "_", "_".join(map(str, path[-2:]))).upper()
    hint = (
        f"write `{{secret: {name}}}` and put the value into that variable"
        if refers
        else "let your program read it from an environment variable"
    )
    return Diagnostic(code, message, path, hint=f"{hint}; renew it, if it was ever committed")
