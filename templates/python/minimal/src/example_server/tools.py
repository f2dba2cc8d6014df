from typing import Annotated, Any

from mcp.server.mcpserver import MCPServer
from mcp.types import ToolAnnotations
from pydantic import BaseModel, Field

from .config import Config
from .errors import guarded
from .lengths import UNITS, Unit, convert

PURE = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
"""Nothing is changed, nothing outside is asked, and the same call has the same answer."""


class UnitList(BaseModel):
    units: Annotated[list[str], Field(description="Symbols, shortest unit first")]


class Length(BaseModel):
    value: Annotated[float, Field(description="The length in the wanted unit")]
    unit: Unit


def register_tools(server: MCPServer[Any], config: Config) -> None:
    """Add what a model may call."""

    @server.tool(title="List units", annotations=PURE)
    @guarded
    async def list_units() -> UnitList:
        """Lists the units of length this server knows."""
        return UnitList(units=list(UNITS))

    @server.tool(title="Convert a length", annotations=PURE)
    @guarded
    async def convert_length(
        value: Annotated[float, Field(description="The length, zero or more")],
        from_unit: Annotated[Unit, Field(description="Unit of the given length")],
        to_unit: Annotated[Unit, Field(description="Unit of the answer")],
    ) -> Length:
        """Converts a length from one unit to another."""
        converted = convert(value, from_unit, to_unit, config.decimals)
        return Length(value=converted, unit=to_unit)
