"""One operation of the API, offered as a tool, and the request of a call."""

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from mcp.types import ToolAnnotations
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from ..errors import ToolError
from .request import ApiRequest, Method


class Parameter(BaseModel):
    model_config = ConfigDict(frozen=True, populate_by_name=True)

    argument: str
    """Name of the tool's argument."""
    name: str
    """Name in the request."""
    place: Annotated[Literal["path", "query", "header"], Field(validation_alias="in")]
    style: Literal["repeated", "comma", "deep"]
    """How lists and objects stand in a query: `name=a&name=b`, `name=a,b`, `name[key]=a`."""


class Operation(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)

    name: str
    title: str
    description: str
    method: Method
    path: str
    """With `{name}` for each parameter of the path."""
    parameters: tuple[Parameter, ...]
    has_body: bool
    """True when the argument `body` is sent."""
    annotations: ToolAnnotations
    input_schema: dict[str, Any]
    output_schema: dict[str, Any]


def request_of(operation: Operation, given: Mapping[str, Any]) -> ApiRequest:
    """The request of a call.

    Raises:
        ToolError: BAD_ARGUMENT
    """
    query: dict[str, Any] = {}
    headers: dict[str, str] = {}
    for parameter in operation.parameters:
        name, value = parameter.name, given.get(parameter.argument)
        if value is None or parameter.place == "path":
            continue
        if parameter.place == "header":
            headers[name] = _header(name, value)
        elif parameter.style == "deep" and isinstance(value, dict):
            query |= {f"{name}[{key}]": _text(item) for key, item in value.items()}
        elif isinstance(value, list):
            texts = [_text(item) for item in value]
            query[name] = ",".join(texts) if parameter.style == "comma" else texts
        else:
            query[name] = _text(value)
    segments = [segment for segment in operation.path.split("/") if segment]
    return ApiRequest(
        operation.method,
        [_fill(segment, operation, given) for segment in segments],
        query,
        headers,
        given.get("body") if operation.has_body else None,
    )


def _fill(segment: str, operation: Operation, given: Mapping[str, Any]) -> str:
    arguments = {one.name: one.argument for one in operation.parameters if one.place == "path"}

    def value_of(match: re.Match[str]) -> str:
        argument = arguments.get(match[1], match[1])
        value = given.get(argument)
        if value is None or value == "":
            raise ToolError(
                "BAD_ARGUMENT", f"{argument} is part of the address and cannot be empty."
            )
        return _text(value)

    return re.sub(r"\{([^{}]+)\}", value_of, segment)


def _header(name: str, value: object) -> str:
    text = _text(value)
    if re.fullmatch(r"[\x20-\x7e]*", text):
        return text
    raise ToolError(
        "BAD_ARGUMENT", f"{name} is sent as a header and has to be plain ASCII on one line."
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
