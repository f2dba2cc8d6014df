import re
from pathlib import Path

import pytest
from example_type import Example

from example_server.config import VARIABLES, read_config
from example_server.config_error import ConfigError


def test_arguments_take_precedence_and_empty_variables_count_as_not_set(example: Example) -> None:
    env = dict(example.env)

    assert read_config(["--http"], {**env, "MCP_TRANSPORT": "stdio"}).mcp_transport == "http"
    assert read_config(["--stdio"], {**env, "MCP_TRANSPORT": "http"}).mcp_transport == "stdio"
    assert read_config([], {**env, "LOG_LEVEL": ""}).log_level == "info"
    assert read_config(
        [], {**env, "MCP_ALLOWED_HOSTS": "a.example, b.example"}
    ).mcp_allowed_hosts == (
        "a.example",
        "b.example",
    )


def test_what_does_not_fit_is_named_without_its_value() -> None:
    with pytest.raises(ConfigError, match=r"(?s)MCP_PORT.*LOG_LEVEL") as raised:
        read_config([], {"MCP_PORT": "secret-by-mistake", "LOG_LEVEL": "loud"})

    assert "secret-by-mistake" not in str(raised.value)
    with pytest.raises(ConfigError, match="--fast"):
        read_config(["--fast"], {})


def test_env_example_names_every_variable_and_no_other() -> None:
    text = (Path(__file__).parent.parent / ".env.example").read_text(encoding="utf-8")

    named = re.findall(r"^#? ?([A-Z][A-Z0-9_]*)=", text, re.MULTILINE)

    assert sorted(named) == sorted(VARIABLES)
