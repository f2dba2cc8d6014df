from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from example_type import Example
from jsonschema import Draft202012Validator  # type: ignore[import-untyped, unused-ignore]
from loopback_api import Reply, open_loopback_api
from sample import sample_of

from example_server.api.operation import Operation
from example_server.operations import OPERATIONS


@contextmanager
def open_example() -> Iterator[Example]:
    """Call the first operation with a sample that fits; a stand-in answers with a sample."""
    found = next((made for made in map(_sampled, OPERATIONS) if made), None)
    name, given, value = found or (OPERATIONS[0].name, {}, None)
    reply = Reply(status=404) if value is None else Reply(body=value.get("body"))
    with open_loopback_api(lambda _: reply) as api:
        yield Example(
            env={"API_BASE_URL": api.url},
            tool=name,
            arguments=given,
            structured=None if value is None else {"status": 200},
            refusal=None if value else "BAD_ARGUMENT",
            wrong={**given, "no-such-argument": []},
            resource="api://operations",
        )


def _sampled(operation: Operation) -> tuple[str, dict[str, Any], dict[str, Any]] | None:
    given = sample_of(operation.input_schema)
    body = operation.output_schema.get("properties", {}).get("body")
    value: dict[str, Any] = {"status": 200}
    if body is not None:
        value["body"] = sample_of(body, operation.output_schema)
    is_fitting = all(
        Draft202012Validator(schema).is_valid(sample)
        for schema, sample in ((operation.input_schema, given), (operation.output_schema, value))
    )
    return (operation.name, given, value) if is_fitting else None
