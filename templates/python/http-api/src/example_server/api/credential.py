import base64
from dataclasses import dataclass, field

from ..settings import Settings


@dataclass(frozen=True)
class Credential:
    """What is added to a request so that the API knows who sends it."""

    headers: dict[str, str] = field(default_factory=dict, repr=False)
    query: dict[str, str] = field(default_factory=dict, repr=False)


def credential_of(settings: Settings) -> Credential:
    """The token, where the API expects it. For `basic` the token is `user:password`."""
    if settings.api_token is None:
        return Credential()
    token = settings.api_token.get_secret_value()
    kind, _, name = settings.api_auth.partition(":")
    match kind:
        case "header":
            return Credential(headers={name: token})
        case "query":
            return Credential(query={name: token})
        case "basic":
            encoded = base64.b64encode(token.encode()).decode()
            return Credential(headers={"authorization": f"Basic {encoded}"})
        case _:
            return Credential(headers={"authorization": f"Bearer {token}"})
