"""Who tests, trains and deploys where the code is kept."""

from typing import Literal

from pydantic import Field

from mlopsc.spec.base import Opt, Section, Some
from mlopsc.spec.units.formats import AwsRegion, AwsRole, CodeOwner
from mlopsc.spec.units.text import Command, Text


class Cloud(Section):
    """Identity in a cloud, by OIDC: no key is stored."""

    aws_role: Opt[AwsRole] = Field(
        None, description="Role that jobs take on.", examples=["arn:aws:iam::123456789012:role/churn-ci"]
    )
    aws_region: AwsRegion = Field("us-east-1", description="Region of the role.", examples=["eu-central-1"])


class Ci(Section):
    """Continuous integration and delivery."""

    provider: Literal["github", "jenkins"] = Field(description="Which CI.", examples=["github"])
    lint: Opt[Command] = Field(None, description="Command that checks style.", examples=["ruff check ."])
    test: Opt[Command] = Field(None, description="Command that tests.", examples=["pytest tests/"])
    cloud: Opt[Cloud] = Field(
        None,
        description="Identity in a cloud.",
        examples=[{"aws_role": "arn:aws:iam::123456789012:role/churn-ci"}],
    )
    runner: Opt[Text] = Field(None, description="Label of the runner.", examples=["ubuntu-24.04"])
    commit_lock: Literal["pull_request", "push", "none"] = Field(
        "pull_request", description="How dvc.lock comes back after a training.", examples=["pull_request"]
    )
    owners: Opt[Some[CodeOwner]] = Field(
        None,
        description="Who reviews changes (CODEOWNERS) and approves deployments.",
        examples=[["@acme/ml", "ann@example.com"]],
    )
    check: bool = Field(
        False,
        description="Check in a job of its own that the generated files are what the spec says.",
        examples=[True],
    )
