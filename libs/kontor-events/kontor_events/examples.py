"""An example of what a JSON Schema describes, for descriptions of APIs and of the bus: every field, with a value of its kind."""

from typing import Any

_FORMATS = {
    "uuid": "01939a5e-6f1c-7c3a-9d2e-2f6a51b6c0de", "date": "2026-11-27", "date-time": "2026-11-27T09:30:00Z",
    "binary": "", "uri": "https://portal.example/brunner",
}  # fmt: skip
_TEXTS = {
    "currency": "EUR", "language": "de", "number": "RE-2026-1042", "value": "12345.6", "amount": "119.00", "percent": "2",
    "sha256": "0" * 64, "status": "open", "date": "2026-11-27", "iban": "DE02120300000000202051", "bic": "BYLADEM1001",
    "email": "anna@seidel.example", "name": "Seidel Optik", "slug": "brunner", "phone": "+49 821 123456", "path": "/dokumente",
}  # fmt: skip


def example_of(schema: dict[str, Any], components: dict[str, Any], name: str = "", within: tuple[str, ...] = ()) -> Any:
    """`components`: the schemas by name that `$ref` means. `name` is the field's; `within` are the schemas that it is part of."""
    if "$ref" in schema:
        target = schema["$ref"].rpartition("/")[2]
        return None if target in within else example_of(components[target], components, name, (*within, target))
    for known in ("examples", "enum"):
        if schema.get(known):
            return schema[known][0]
    if "const" in schema:
        return schema["const"]
    if choices := schema.get("anyOf", schema.get("oneOf")):
        return example_of(choices[0], components, name, within)
    return _of_type(schema, components, name, within)


def _of_type(schema: dict[str, Any], components: dict[str, Any], name: str, within: tuple[str, ...]) -> Any:
    kind = schema.get("type")
    if kind == "object":
        return _of_object(schema, components, within)
    if kind == "array":
        parts = schema.get("prefixItems") or [schema.get("items", {})]
        found = [example_of(part, components, name.removesuffix("s"), within) for part in parts]
        return [one for one in found if one is not None]
    if kind == "integer":
        return 11_900 if name.startswith("minor") or name.endswith("_minor") else max(1, schema.get("minimum", 1))
    return {"number": 1.5, "boolean": name != "deleted", "string": _text(schema, name)}.get(str(kind))


def _of_object(schema: dict[str, Any], components: dict[str, Any], within: tuple[str, ...]) -> dict[str, Any]:
    if fields := schema.get("properties"):
        found = {name: example_of(field, components, name, within) for name, field in fields.items()}
        return {name: value for name, value in found.items() if value is not None}
    others = schema.get("additionalProperties")
    return {"name": example_of(others, components, "", within)} if isinstance(others, dict) else {}


def _text(schema: dict[str, Any], name: str) -> str:
    if known := _FORMATS.get(schema.get("format", "")):
        return known
    if schema.get("pattern") == r"^-?\d+$":
        return "11900" if name.endswith("_minor") else "1"
    if name == "id" or name.endswith("_id"):
        return _FORMATS["uuid"]
    if name.endswith(("_date", "_on")):
        return _FORMATS["date"]
    return _TEXTS.get(name, name.replace("_", " "))
