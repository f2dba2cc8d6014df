from dataclasses import dataclass

from mcp.server.auth.provider import TokenVerifier
from mcp.server.auth.settings import AuthSettings


@dataclass(frozen=True)
class Gate:
    """Decides who may use the HTTP endpoint."""

    auth: AuthSettings
    verifier: TokenVerifier
