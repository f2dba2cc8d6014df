"""Types of settings that come as text."""

import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict


class SettingsModel(BaseModel):
    """A group of settings. The field `some_name` is the environment variable `SOME_NAME`."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def _split(value: object) -> object:
    return tuple(re.findall(r"[^\s,]+", value)) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_split)]
"""Words separated by spaces or commas."""
