"""A plug-in's settings are read by its own model, with the same care."""

import pytest
from mlopsc.diagnostics import Rejected
from mlopsc.spec.settings import read_settings
from pydantic import BaseModel, ConfigDict, Field, field_validator


class Settings(BaseModel):
    """What a plug-in might ask for."""

    model_config = ConfigDict(extra="forbid", strict=True)
    team: str = Field(description="Team.", examples=["growth"])
    retries: int = 1

    @field_validator("retries")
    @classmethod
    def _few(cls, value: int) -> int:
        if value > 3:
            raise ValueError("more than 3")
        return value


AT = ("plugins", "acme")


def test_settings_are_read() -> None:
    assert read_settings(Settings, {"team": "a"}, AT) == Settings(team="a")


def test_faults_name_their_place() -> None:
    with pytest.raises(Rejected) as caught:
        read_settings(Settings, {"taem": "a", "retries": 4}, AT)
    found = {(d.code, d.path, d.message, d.hint) for d in caught.value.diagnostics}
    assert found == {
        ("M204", (*AT, "team"), "`plugins.acme` lacks `team`", "for example `team: growth`"),
        ("M217", (*AT, "retries"), "`plugins.acme.retries` is refused: Value error, more than 3", ""),
        ("M201", (*AT, "taem"), "unknown key `taem` in `plugins.acme`", "did you mean `team`?"),
    }
