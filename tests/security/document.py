"""The gateway's OpenAPI document, as the tests that are generated from it read it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from diorama.gateway.openapi import FILE

METHODS: Final = frozenset({"get", "post", "put", "patch", "delete"})
_DOCUMENT: Final[Mapping[str, Any]] = json.loads(FILE.read_text())


def documented() -> Mapping[str, Mapping[str, Any]]:
    """Return what the document says of each operation, by method and path."""
    return {
        f"{method.upper()} {path}": said
        for path, operations in _DOCUMENT["paths"].items()
        for method, said in operations.items()
        if method in METHODS
    }


def parameters(operation: str, of: str) -> list[str]:
    """Return the names of an operation's parameters in its `path` or `query`."""
    found = documented()[operation].get("parameters", [])
    return [one["name"] for one in found if one["in"] == of]


def taken(operation: str) -> Mapping[str, Any] | None:
    """Return the schema of an operation's body; None where it takes none."""
    body = documented()[operation].get("requestBody")
    json = {} if body is None else body["content"].get("application/json", {})
    return resolved(json["schema"]) if json else None


def resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a schema, or what it refers to."""
    found: Mapping[str, Any] = schema
    if "$ref" in found:
        found = _DOCUMENT["components"]["schemas"][found["$ref"].rpartition("/")[2]]
    return found


def objects(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield every object with named members in a schema, itself among them."""
    found = resolved(schema)
    if "properties" in found:
        yield found
    inner = [*found.get("properties", {}).values(), *found.get("anyOf", [])]
    inner += [found["items"]] if isinstance(found.get("items"), dict) else []
    for one in inner:
        yield from objects(one)


def texts(schema: Mapping[str, Any]) -> list[str]:
    """Return the members of an object that take a text."""
    return [
        name
        for name, one in schema.get("properties", {}).items()
        if "string" in {each.get("type") for each in map(resolved, [one, *one.get("anyOf", [])])}
    ]
