from typing import Annotated, Any, Final
from urllib.parse import urlsplit

import anyio
import httpx2
import jwt
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from pydantic import Field

from .config_error import ConfigError
from .gate import Gate
from .log import log
from .setting_types import SettingsModel, Words

ALGORITHMS: Final = ["ES256", "ES384", "ES512", "EdDSA", "PS256", "PS384", "PS512", "RS256"]
"""Signatures with a key pair: the issuer alone can make them."""

TIMEOUT_S: Final = 10

Address = Annotated[str, Field(pattern=r"^https?://[^\s/]+")]


class AccessSettings(SettingsModel):
    oauth_issuer: Address | None = None
    """Issuer of the access tokens. Needed over HTTP only."""
    oauth_resource: Address | None = None
    """Where this server is reached from outside: the audience of its tokens."""
    oauth_scopes: Words = ()
    """Scopes a token has to have."""


class IssuedTokens:
    """Knows the tokens that an issuer made for this server, by signature, audience and time."""

    def __init__(self, issuer: str, audience: str) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys: jwt.PyJWKClient | None = None

    async def verify_token(self, token: str) -> AccessToken | None:
        """Who the token speaks for; None when it is not valid here."""
        # Fetched when first needed; a failure to reach the issuer must not last.
        keys = self._keys = self._keys or await _find_keys(self._issuer)
        try:
            key = await anyio.to_thread.run_sync(keys.get_signing_key_from_jwt, token)
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                audience=self._audience,
                issuer=self._issuer,
                options={"require": ["exp", "iss", "aud"]},
            )
        except jwt.PyJWKClientConnectionError:
            raise
        except jwt.PyJWTError as error:
            log.info("token refused", extra={"reason": type(error).__name__})
            return None
        client = claims.get("client_id") or claims.get("azp") or claims.get("sub") or "unknown"
        scope = claims.get("scope")
        return AccessToken(
            token=token,
            client_id=str(client),
            scopes=scope.split() if isinstance(scope, str) else [],
            expires_at=int(claims["exp"]),
            resource=self._audience,
            subject=claims.get("sub"),
            claims=claims,
        )


def create_gate(settings: AccessSettings) -> Gate:
    """Admit those who bring an access token that the issuer made for this server.

    The others are told where to get one (RFC 9728).

    Raises:
        ConfigError: Issuer or resource are missing: an open endpoint must not be an accident.
    """
    issuer, resource = settings.oauth_issuer, settings.oauth_resource
    if issuer is None or resource is None:
        raise ConfigError(
            "OAUTH_ISSUER and OAUTH_RESOURCE are needed to serve over HTTP. See .env.example."
        )
    # From text: an address that was parsed before has got a slash at its end.
    auth = AuthSettings.model_validate(
        {
            "issuer_url": issuer,
            "resource_server_url": resource,
            "required_scopes": list(settings.oauth_scopes),
            "validate_token_resource": True,
        }
    )
    return Gate(auth, IssuedTokens(issuer, resource))


async def _find_keys(issuer: str) -> jwt.PyJWKClient:
    """Where the issuer publishes its keys, from its metadata: OAuth first, then OpenID Connect."""
    parts = urlsplit(issuer)
    origin, path = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
    async with httpx2.AsyncClient(timeout=TIMEOUT_S) as client:
        for address in (
            f"{origin}/.well-known/oauth-authorization-server{path}",
            f"{origin}{path}/.well-known/openid-configuration",
        ):
            response = await client.get(address)
            if not response.is_success:
                continue
            metadata = response.json()
            if metadata.get("issuer") != issuer:
                raise RuntimeError(f"{address} speaks for another issuer.")
            if metadata.get("jwks_uri"):
                return jwt.PyJWKClient(metadata["jwks_uri"], timeout=TIMEOUT_S)
    raise RuntimeError(f"{issuer} publishes no keys.")
