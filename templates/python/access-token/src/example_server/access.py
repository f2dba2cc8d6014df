import hashlib
import hmac
from typing import Annotated

from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from pydantic import AnyHttpUrl, Field, SecretStr

from .config_error import ConfigError
from .gate import Gate
from .setting_types import SettingsModel


class AccessSettings(SettingsModel):
    mcp_token: Annotated[SecretStr, Field(min_length=24)] | None = None
    """Whoever sends this token may use the HTTP endpoint. Needed over HTTP only."""


class OneToken:
    """Knows one token."""

    def __init__(self, token: SecretStr) -> None:
        self._expected = _digest(token.get_secret_value())

    async def verify_token(self, token: str) -> AccessToken | None:
        """Who sent the token; None when it is another one."""
        if not hmac.compare_digest(_digest(token), self._expected):
            return None
        return AccessToken(token=token, client_id="token", scopes=[])


def create_gate(settings: AccessSettings) -> Gate:
    """Admit those who send `Authorization: Bearer <MCP_TOKEN>`.

    Raises:
        ConfigError: There is no token: an open endpoint must not be an accident.
    """
    if settings.mcp_token is None:
        raise ConfigError("MCP_TOKEN is needed to serve over HTTP. See .env.example.")
    # Nobody issues this token. The SDK wants an address all the same, and tells nobody.
    auth = AuthSettings(issuer_url=AnyHttpUrl("http://localhost"), resource_server_url=None)
    return Gate(auth, OneToken(settings.mcp_token))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
