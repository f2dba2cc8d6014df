import pytest
from mcp.types import ToolAnnotations
from sample import sample_of

from example_server.api.operation import (
    Operation,
    Parameter,
    request_of,
)
from example_server.api.request import ApiRequest
from example_server.errors import ToolError
from example_server.operations import OPERATIONS

TOYS = Operation(
    name="list_toys",
    title="List toys",
    description="Lists toys.",
    method="PATCH",
    path="/pets/{petId}/toys.{format}",
    parameters=(
        Parameter(argument="petId", name="petId", place="path", style="repeated"),
        Parameter(argument="format", name="format", place="path", style="repeated"),
        Parameter(argument="tags", name="tags", place="query", style="repeated"),
        Parameter(argument="ids", name="ids", place="query", style="comma"),
        Parameter(argument="where", name="where", place="query", style="deep"),
        Parameter(argument="trace", name="X-Trace", place="header", style="repeated"),
    ),
    has_body=True,
    annotations=ToolAnnotations(),
    input_schema={"type": "object"},
    output_schema={"type": "object"},
)


def test_arguments_go_where_the_api_expects_them() -> None:
    given = {
        "petId": 7,
        "format": "json",
        "tags": ["a", "b"],
        "ids": [1, 2],
        "where": {"color": "red"},
        "trace": "t1",
        "body": {"a": 1},
    }

    assert request_of(TOYS, given) == ApiRequest(
        method="PATCH",
        path=["pets", "7", "toys.json"],
        query={"tags": ["a", "b"], "ids": "1,2", "where[color]": "red"},
        headers={"X-Trace": "t1"},
        body={"a": 1},
    )


def test_what_would_break_a_header_or_an_address_is_refused() -> None:
    with pytest.raises(ToolError, match="X-Trace"):
        request_of(TOYS, {"petId": 1, "format": "x", "trace": "a\r\nHost: evil"})
    with pytest.raises(ToolError, match="petId"):
        request_of(TOYS, {"format": "x"})


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
def test_every_operation_makes_a_complete_request(operation: Operation) -> None:
    request = request_of(operation, sample_of(operation.input_schema))

    assert not any("{" in segment for segment in request.path)


def test_names_are_unique() -> None:
    names = [operation.name for operation in OPERATIONS]

    assert len(set(names)) == len(names)
