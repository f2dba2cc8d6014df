"""Makes a small value that fits most schemas: required members only. The caller checks it."""

from typing import Any

FORMATS = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "email": "someone@example.com",
    "uri": "https://example.com/",
    "uuid": "123e4567-e89b-42d3-a456-426614174000",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "hostname": "example.com",
}

DEEPEST = 12


def sample_of(schema: Any, root: Any = None, depth: int = 0) -> Any:
    root = schema if root is None else root
    if not isinstance(schema, dict) or depth > DEEPEST:
        return "sample"
    if "$ref" in schema:
        name = str(schema["$ref"]).removeprefix("#/$defs/").replace("~1", "/").replace("~0", "~")
        return sample_of(root.get("$defs", {}).get(name), root, depth + 1)
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    for key in ("enum", "examples"):
        if schema.get(key):
            return schema[key][0]
    for key in ("allOf", "oneOf", "anyOf"):
        if schema.get(key):
            parts = schema[key] if key == "allOf" else schema[key][:1]
            samples = [sample_of(part, root, depth + 1) for part in parts]
            if not all(isinstance(sample, dict) for sample in samples):
                return samples[0]
            merged = {name: item for sample in samples for name, item in sample.items()}
            return merged | _object(schema, root, depth)
    return _typed(schema, root, depth)


def _typed(schema: dict[str, Any], root: Any, depth: int) -> Any:
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    match kind:
        case "string":
            return _string(schema)
        case "integer" | "number":
            return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
        case "boolean":
            return True
        case "null":
            return None
        case "array":
            item = sample_of(schema.get("items"), root, depth + 1)
            return [item] * schema.get("minItems", 0)
    is_object = kind == "object" or "properties" in schema
    return _object(schema, root, depth) if is_object else "sample"


def _object(schema: dict[str, Any], root: Any, depth: int) -> dict[str, Any]:
    properties = schema.get("properties", {})
    required = schema.get("required", [])
    return {name: sample_of(properties.get(name), root, depth + 1) for name in required}


def _string(schema: dict[str, Any]) -> str:
    text = FORMATS.get(str(schema.get("format")), "sample")
    return text.ljust(schema.get("minLength", 0), "x")
