import json
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped, unused-ignore]
from jsonschema.exceptions import best_match  # type: ignore[import-untyped, unused-ignore]
from mcp.server.mcpserver.tools import Tool
from mcp.server.mcpserver.utilities.func_metadata import ArgModelBase, FuncMetadata
from mcp.types import CallToolResult, TextContent

from .api.operation import Operation, request_of
from .api.request import Api
from .errors import ToolError, guarded
from .operations import OPERATIONS

MOST_SHOWN = 4_000
"""Most characters of an unexpected answer that are shown."""


class OperationTool(Tool):
    """A tool whose schemas are given, not derived from a function."""

    async def run(
        self, arguments: dict[str, Any], context: Any, convert_result: bool = False
    ) -> Any:
        return await self.fn(arguments)


def operation_tools(api: Api) -> list[Tool]:
    """One tool for each operation."""
    return [_tool(operation, api) for operation in OPERATIONS]


def _tool(operation: Operation, api: Api) -> Tool:
    takes = Draft202012Validator(operation.input_schema)
    gives = Draft202012Validator(operation.output_schema)

    async def call(given: Mapping[str, Any]) -> CallToolResult:
        if wrong := _problem(takes, given):
            raise ToolError("BAD_ARGUMENT", f"The arguments do not fit: {wrong}")
        answer = await api.send(request_of(operation, given))
        value = {"status": answer.status}
        if answer.body is not None:
            value["body"] = answer.body
        text = json.dumps(value, ensure_ascii=False)
        if unexpected := _problem(gives, value):
            raise ToolError(
                "API_ANSWER_UNEXPECTED",
                f"The API did not answer as its document says: {unexpected}",
                hint=f"It answered: {text[:MOST_SHOWN]}",
            )
        return CallToolResult(
            structured_content=value, content=[TextContent(type="text", text=text)]
        )

    call.__name__ = operation.name
    return OperationTool(
        fn=guarded(call),
        name=operation.name,
        title=operation.title,
        description=operation.description,
        parameters=operation.input_schema,
        fn_metadata=FuncMetadata(arg_model=ArgModelBase, output_schema=operation.output_schema),
        is_async=True,
        context_kwarg=None,
        annotations=operation.annotations,
    )


def _problem(validator: Any, value: object) -> str | None:
    found = best_match(validator.iter_errors(value))
    return None if found is None else f"{found.json_path}: {found.message[:500]}"
