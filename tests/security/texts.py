"""Texts that break what takes them for harmless, and every place of a JSON Schema in which a text can be put."""

import json
from collections.abc import Iterator
from typing import Any

TEXTS = {
    "nul": "a\0b",
    "control": "a\x01\x0b\x1b\x7f\x85b",
    "breaks": "a\r\nX-Injected: yes\r\n\r\nb",
    "surrogate": "a\ud800b",
    "emoji": "🔌👨‍👩‍👧‍👦",
    "directions": "\u202eab\u2066c\u2069\u200f",
    "beyond": "Ω漢字한\ufffe\U0010ffff",
    "digits": "١٢٣٫٤٥",
    "first year": "0001-01-01",
    "last year": "9999-12-31T23:59:59-12:00",
    "last day": "9999-12-31",
    "long": "x" * 100_000,
}
_FORMATS = {
    "uuid": "01890000-0000-7000-8000-000000000000", "date": "2026-01-02", "date-time": "2026-01-02T12:00:00Z",
    "email": "eva@busch.example", "uri": "https://busch.example/",
}  # fmt: skip


def encoded(body: Any) -> bytes:
    """As JSON in ASCII: what no UTF-8 can say stands there as an escape."""
    return json.dumps(body).encode()


class Places:
    """Walks over the schemas of an OpenAPI description or of a model."""

    def __init__(self, described: dict[str, Any]) -> None:
        self._described = described

    def bodies(self, schema: dict[str, Any], base: Any, text: str) -> Iterator[tuple[str, Any]]:
        """Each value in which the text stands in one more place, with that place; the rest is `base` or as small as possible."""
        schema = self._resolved(schema)
        for option in schema.get("anyOf", ()):
            if option.get("type") != "null":
                yield from self.bodies(option, base, text)
        if "anyOf" in schema:
            return
        kind = schema.get("type")
        if kind == "object":
            whole = base if isinstance(base, dict) else self.smallest(schema)
            for name, inner in schema.get("properties", {}).items():
                for place, value in self.bodies(inner, whole.get(name), text):
                    yield f".{name}{place}", whole | {name: value}
            inner = schema.get("additionalProperties")
            if isinstance(inner, dict):
                yield ".{}", whole | {text: self.smallest(inner)}
                for place, value in self.bodies(inner, None, text):
                    yield f".x{place}", whole | {"x": value}
        elif kind == "array":
            item = base[0] if isinstance(base, list) and base else None
            for place, value in self.bodies(schema.get("items", {}), item, text):
                yield f"[]{place}", [value]
        else:
            yield "", text

    def smallest(self, schema: dict[str, Any]) -> Any:
        """A value with what has to be there alone."""
        schema = self._resolved(schema)
        if "default" in schema:
            return schema["default"]
        if "const" in schema or "enum" in schema:
            return schema.get("const", schema.get("enum", [None])[0])
        if "anyOf" in schema:
            return self.smallest(schema["anyOf"][0])
        kind = schema.get("type")
        if kind == "object":
            wanted = schema.get("required", ())
            return {
                name: self.smallest(inner) for name, inner in schema.get("properties", {}).items() if name in wanted
            }
        if kind == "array":
            return [self.smallest(schema.get("items", {}))] if schema.get("minItems") else []
        simple = {"integer": max(1, schema.get("minimum", 1)), "number": 1, "boolean": False, "null": None}
        return simple.get(str(kind), _FORMATS.get(schema.get("format", ""), "1"))

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        if "allOf" in schema and len(schema["allOf"]) == 1:
            schema = schema["allOf"][0]
        while "$ref" in schema:
            found = self._described
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            schema = found
        return schema
