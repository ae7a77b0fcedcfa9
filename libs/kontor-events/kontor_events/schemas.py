"""What other systems hand in, as JSON Schema: generated from the owners' models, beside the contract's code."""

import json
from pathlib import Path
from typing import Any

from kontor_events.registry import contexts, rules_of


def schema_file(kind: str) -> Path:
    """Of one of the kinds that an owner's contract lists as `ingest`."""
    context = next(name for name in contexts() if kind in rules_of(name).ingest)
    return Path(str(contexts()[context].__file__)).with_name(f"{kind}.schema.json")


def ingest_schema(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(schema_file(kind).read_text())
    return found


def ingest_components(kind: str) -> dict[str, Any]:
    """Its schema and those of its parts as OpenAPI and AsyncAPI hold them: `PaymentData` for payments, parts after it."""
    schema, name = ingest_schema(kind), component_name(kind)
    parts = schema.pop("$defs", {})
    names = {part: f"{name}{part.removesuffix('Input').removesuffix('Message')}" for part in parts}
    own = {name: schema} | {names[part]: told for part, told in parts.items()}
    return {one: _renamed(told, names) | {"title": one} for one, told in own.items()}


def component_name(kind: str) -> str:
    return f"{kind.removesuffix('s').capitalize()}Data"


def _renamed(schema: Any, names: dict[str, str]) -> Any:
    if isinstance(schema, list):
        return [_renamed(one, names) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: f"#/components/schemas/{names[value.rpartition('/')[2]]}" if key == "$ref" else _renamed(value, names)
        for key, value in schema.items()
        if key != "$schema"
    }
