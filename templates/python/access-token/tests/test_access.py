import httpx2
import pytest
from caller import TOKEN
from pydantic import SecretStr
from running import HttpServer

from example_server.access import AccessSettings, create_gate
from example_server.config_error import ConfigError


@pytest.mark.parametrize("header", [None, "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x"])
async def test_admits_the_token_and_nothing_else(http: HttpServer, header: str | None) -> None:
    headers = {"authorization": header} if header else {}
    async with httpx2.AsyncClient(headers=headers) as client:
        refusal = await client.post(http.url, json={})

    assert refusal.status_code == 401
    assert refusal.headers["www-authenticate"].startswith("Bearer")


async def test_the_caller_has_a_name_and_the_token_is_not_shown() -> None:
    settings = AccessSettings(mcp_token=SecretStr(TOKEN))

    caller = await create_gate(settings).verifier.verify_token(TOKEN)

    assert caller is not None
    assert caller.client_id == "token"
    assert TOKEN not in repr(settings)


def test_no_token_no_endpoint() -> None:
    with pytest.raises(ConfigError, match="MCP_TOKEN"):
        create_gate(AccessSettings())
