"""The user's commands around the automations."""

from pydantic import Field

from mlopsc.spec.base import Opt, Section
from mlopsc.spec.units.text import Command


class Hooks(Section):
    """Commands around the automations, run by whichever scheduler runs them."""

    before_train: Opt[Command] = Field(None, description="Before training.", examples=["make secrets-scan"])
    after_train: Opt[Command] = Field(None, description="After training.", examples=["make report"])
    before_evaluate: Opt[Command] = Field(None, description="Before evaluation.", examples=["make fixtures"])
    after_evaluate: Opt[Command] = Field(None, description="After evaluation.", examples=["make report"])
    before_deploy: Opt[Command] = Field(
        None, description="Before deployment.", examples=["make freeze-check"]
    )
    after_deploy: Opt[Command] = Field(None, description="After deployment.", examples=["make smoke"])
