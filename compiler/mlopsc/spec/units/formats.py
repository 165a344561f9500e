"""Texts whose form somebody else has fixed: Kubernetes, Python, registries, mail."""

import re
import warnings
from typing import Annotated

from pydantic import AfterValidator

from mlopsc.spec.faults import fault, shown
from mlopsc.spec.units.text import LINE, Format

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"

KubernetesName = Annotated[
    str,
    Format(
        "KubernetesName",
        "a Kubernetes name",
        _LABEL,
        "small letters, digits and dashes, no dash at either end, at most 63 characters",
    ),
]
Image = Annotated[
    str,
    Format(
        "Image",
        "an image without a tag",
        r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{2,5})?(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*",
        "e.g. `ghcr.io/acme/churn`; tags and digests are set when a version is built",
    ),
]
PinnedImage = Annotated[
    str,
    Format(
        "PinnedImage",
        "an image with its tag or digest",
        r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{2,5})?(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*"
        r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|@sha256:[0-9a-f]{64})",
        "e.g. `ghcr.io/acme/churn-training:1.4`",
    ),
]
PythonVersion = Annotated[
    str,
    Format(
        "PythonVersion", "a Python version from 3.11 on", r"3\.(?:1[1-9]|[2-9][0-9])", "quoted, e.g. '3.11'"
    ),
]
Timezone = Annotated[
    str,
    Format(
        "Timezone",
        "a time zone",
        r"UTC|[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z0-9_+-]*){1,2}",
        "`UTC` or a name such as `Europe/Berlin`",
    ),
]
Email = Annotated[
    str,
    Format("Email", "an e-mail address", r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"),
]
WebAddress = Annotated[
    str,
    Format("WebAddress", "a web address", r"https?://[A-Za-z0-9.:-]+(?:/[A-Za-z0-9._~/%#@:+=-]*)?"),
]
AwsRole = Annotated[
    str,
    Format(
        "AwsRole",
        "the ARN of an AWS role",
        r"arn:aws(?:-cn|-us-gov)?:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]{1,128}",
        "e.g. 'arn:aws:iam::123456789012:role/churn-ci'",
    ),
]
AwsRegion = Annotated[
    str,
    Format("AwsRegion", "an AWS region", r"[a-z]{2}(?:-[a-z]{2,10}){1,3}-[0-9]{1,2}", "e.g. eu-central-1"),
]
CodeOwner = Annotated[
    str,
    Format(
        "CodeOwner",
        "an owner of code",
        r"@[A-Za-z0-9][A-Za-z0-9-]{0,38}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,99})?"
        r"|[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",
        "quoted: '@organisation/team', '@user', or an e-mail address",
    ),
]
ExpectationName = Annotated[
    str,
    Format(
        "ExpectationName",
        "the name of an expectation",
        r"expect_[a-z0-9_]+",
        "as Great Expectations writes it",
    ),
]


_WHERE = "correct it at that position"


def _compiles(pattern: str) -> str:
    try:
        with warnings.catch_warnings():
            # `[a&&b]` is fine today; what Python may make of it later is no line for a user's terminal.
            warnings.simplefilter("ignore", FutureWarning)
            re.compile(pattern)
    except re.error as error:
        raise fault("M216", f"{shown(pattern)} is not a regular expression: {error}", _WHERE) from error
    return pattern


Regex = Annotated[
    str,
    Format("Regex", "a regular expression", LINE.pattern, LINE.hint, {"format": "regex"}),
    AfterValidator(_compiles),
]
