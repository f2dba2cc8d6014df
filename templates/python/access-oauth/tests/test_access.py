import time

import httpx2
import pytest
from caller import RESOURCE, open_issuer
from running import HttpServer

from example_server.access import AccessSettings, create_gate
from example_server.config_error import ConfigError

PAST = int(time.time()) - 600


async def test_admits_tokens_the_issuer_made_for_this_server() -> None:
    settings = AccessSettings(oauth_issuer=open_issuer().url, oauth_resource=RESOURCE)

    caller = await create_gate(settings).verifier.verify_token(open_issuer().sign())

    assert caller is not None
    assert (caller.client_id, caller.scopes) == ("tester", ["read"])


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "https://other.example/mcp"},
        {"iss": "https://other.example"},
        {"exp": PAST},
    ],
)
async def test_refuses_tokens_for_others_of_others_or_too_old(
    http: HttpServer, claims: dict[str, object]
) -> None:
    await refused(http, open_issuer().sign(**claims))


@pytest.mark.parametrize("token", [None, "no.token.atall"])
async def test_refuses_what_is_no_token(http: HttpServer, token: str | None) -> None:
    await refused(http, token)


async def refused(http: HttpServer, token: str | None) -> None:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    async with httpx2.AsyncClient(headers=headers) as client:
        refusal = await client.post(http.url, json={})
    assert refusal.status_code == 401
    address = "https://mcp.example.com/.well-known/oauth-protected-resource/mcp"
    assert f'resource_metadata="{address}"' in refusal.headers["www-authenticate"]


async def test_publishes_who_issues_its_tokens(http: HttpServer) -> None:
    origin = http.url.removesuffix("/mcp")
    async with httpx2.AsyncClient() as client:
        response = await client.get(f"{origin}/.well-known/oauth-protected-resource/mcp")

    document = response.json()
    assert document["resource"] == RESOURCE
    assert document["authorization_servers"] == [open_issuer().url]


def test_a_scope_that_is_wanted_is_asked_for() -> None:
    settings = AccessSettings(
        oauth_issuer="https://login.example.com",
        oauth_resource=RESOURCE,
        oauth_scopes=("read", "write"),
    )

    assert create_gate(settings).auth.required_scopes == ["read", "write"]


def test_no_issuer_no_endpoint() -> None:
    with pytest.raises(ConfigError, match="OAUTH_ISSUER"):
        create_gate(AccessSettings(oauth_resource=RESOURCE))
