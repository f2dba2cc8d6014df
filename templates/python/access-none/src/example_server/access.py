from .gate import Gate
from .setting_types import SettingsModel


class AccessSettings(SettingsModel):
    """Nothing has to be set."""


def create_gate(_settings: AccessSettings) -> Gate | None:
    """Everyone who reaches the endpoint may use it.

    Keep it on this machine, or behind a proxy that asks.
    """
    return None
