"""An edge's description of its JSON: what its routes say, with every error, and an example of every answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from kontor_events.examples import example_of

_TEXT = {"type": "string"}
# As kontor_service.validation says it.
_SAID = "A date is expected here, for example 2026-11-27."
_FIELD_ERROR = {
    "type": "object",
    "required": ["field", "code", "message"],
    "properties": {
        "field": {"type": "string", "description": "A path into the input: lines[2].quantity"},
        "code": _TEXT,
        "message": {"type": "string", "description": "In the language of Accept-Language"},
    },
}
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457. What fills the sentence stands beside the code under its own name.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": _TEXT, "title": _TEXT, "status": {"type": "integer"},
        "detail": {"type": "string", "description": "In the language of Accept-Language"},
        "code": {"type": "string", "description": "Stable: see the responses, and docs/api.md"},
        "field": _TEXT,
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldError"}},
        "trace": {"type": "string", "description": "Names the request in the operator's logs"},
    },
    "examples": [{
        "type": "urn:kontor:problem:invalid", "title": "The input is not valid.", "status": 422,
        "detail": "Something is not right: paid_on", "code": "invalid", "field": "paid_on",
        "errors": [
            {"field": "paid_on", "code": "date_parsing", "message": _SAID}
        ],
        "trace": "4bf92f3577b34da6a3ce929d0e0e4736",
    }],
}  # fmt: skip


@dataclass(frozen=True)
class Api:
    """`errors`: by status, what it means and the codes under it. `session`: the security scheme of routes that name none.
    `schemas`: components that routes refer to by name."""

    title: str
    description: str
    url: str
    errors: Mapping[str, tuple[str, Sequence[str]]]
    session: Mapping[str, Any]
    tags: Sequence[Mapping[str, str]] = ()
    schemas: Mapping[str, Any] = field(default_factory=dict)

    def of(self, app: FastAPI) -> dict[str, Any]:
        """The description of everything under /api, made once."""
        app.openapi_schema = app.openapi_schema or self._described(app)
        return app.openapi_schema

    def _described(self, app: FastAPI) -> dict[str, Any]:
        found = get_openapi(
            title=self.title, version="1", description=self.description, routes=app.routes,
            tags=[dict(tag) for tag in self.tags], servers=[{"url": self.url}],
        )  # fmt: skip
        found["paths"] = {path: said for path, said in found["paths"].items() if path.startswith("/api/")}
        schemas = found["components"]["schemas"]
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        schemas |= {"Problem": _PROBLEM, "FieldError": _FIELD_ERROR, **self.schemas}
        found["components"].setdefault("securitySchemes", {}).update(self.session)
        for path in found["paths"].values():
            for operation in path.values():
                self._complete(operation, schemas)
        return found

    def _complete(self, operation: dict[str, Any], schemas: dict[str, Any]) -> None:
        operation.setdefault("security", [{name: []} for name in self.session])
        responses = operation["responses"]
        responses.pop("422", None)
        for answer in responses.values():
            for content in answer.get("content", {}).values():
                content["example"] = example_of(content["schema"], schemas)
        wanted = {"401", "403", "404", "429", "503"}
        if "requestBody" in operation:
            wanted |= {"409", "413", "422"}
            for content in operation["requestBody"]["content"].values():
                content["schema"] = _as_owners_say(content["schema"])
        if operation.get("parameters"):
            wanted.add("422")
        responses |= {status: self._problem(status) for status in sorted(wanted) if status in self.errors}

    def _problem(self, status: str) -> dict[str, Any]:
        meaning, codes = self.errors[status]
        return {
            "description": f"{meaning}: {', '.join(f'`{code}`' for code in codes)}",
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }


def _as_owners_say(schema: dict[str, Any]) -> dict[str, Any]:
    """Without what the framework makes of a body that is only passed on."""
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    named = [one for one in schema.get("anyOf", ()) if "$ref" in one or "$ref" in one.get("items", {})]
    return {"anyOf": named} if named else schema
