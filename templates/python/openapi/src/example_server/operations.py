"""What the API offers here, from `operations.json`. Remove there what nobody should call."""

from importlib.resources import files

from pydantic import TypeAdapter

from .api.operation import Operation

_TEXT = files("example_server").joinpath("operations.json").read_text(encoding="utf-8")

OPERATIONS = TypeAdapter(tuple[Operation, ...]).validate_json(_TEXT)
