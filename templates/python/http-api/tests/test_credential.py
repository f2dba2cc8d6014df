from pydantic import SecretStr

from example_server.api.credential import (
    Credential,
    credential_of,
)
from example_server.settings import Settings

TOKEN = SecretStr("me:secret")


def sent(auth: str) -> Credential:
    return credential_of(Settings(api_auth=auth, api_token=TOKEN))


def test_the_token_goes_where_the_api_expects_it() -> None:
    assert sent("bearer").headers == {"authorization": "Bearer me:secret"}
    assert sent("basic").headers == {"authorization": "Basic bWU6c2VjcmV0"}
    assert sent("header:X-Api-Key").headers == {"X-Api-Key": "me:secret"}
    assert sent("query:key") == Credential(query={"key": "me:secret"})


def test_without_a_token_nothing_is_added() -> None:
    assert credential_of(Settings(api_auth="query:key")) == Credential()


def test_no_text_of_it_shows_the_token() -> None:
    assert "secret" not in repr(sent("bearer"))
    assert "secret" not in repr(Settings(api_token=TOKEN))
