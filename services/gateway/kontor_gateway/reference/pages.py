"""/api/docs: the API's description as a page of ours, without anybody else's scripts. In English, as the description is."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response

from kontor_edge.edge import pages
from kontor_gateway.reference.openapi import TAGS
from kontor_web import PageContext

router = APIRouter(include_in_schema=False)

# Called by parts of the platform, not by those who read this.
_NOT_SHOWN = frozenset({"internal"})


@dataclass(frozen=True)
class Field:
    name: str
    place: str
    kind: str
    required: bool
    text: str


@dataclass(frozen=True)
class Operation:
    """One method of one path. `paragraphs` are its description, `bodies` the media types it takes."""

    id: str
    method: str
    path: str
    summary: str
    paragraphs: list[str]
    fields: list[Field]
    bodies: list[str]
    statuses: list[tuple[str, str]]


@router.get("/api/docs")
async def docs(request: Request) -> Response:
    app: FastAPI = request.app
    return pages(request).render(
        request, "api_docs.html", PageContext(language="en", brand="Kontor", home="/api/docs"),
        intro=_paragraphs(app.description), groups=_groups(app),
    )  # fmt: skip


@lru_cache(4)
def _groups(app: FastAPI) -> list[tuple[str, str, list[Operation]]]:
    """(name, description, operations) of each group, in the order of the tags."""
    described = app.openapi()
    schemas: dict[str, Any] = described["components"]["schemas"]
    by_tag: dict[str, list[Operation]] = {}
    for path, operations in described["paths"].items():
        for method, said in operations.items():
            by_tag.setdefault(said["tags"][0], []).append(_operation(method, path, said, schemas))
    return [
        (tag["name"], tag["description"], by_tag[tag["name"]])
        for tag in TAGS
        if tag["name"] in by_tag and tag["name"] not in _NOT_SHOWN
    ]


def _operation(method: str, path: str, said: dict[str, Any], schemas: dict[str, Any]) -> Operation:
    body = said.get("requestBody", {}).get("content", {})
    fields = [
        Field(p["name"], p["in"], _kind(p.get("schema", {})), p.get("required", False), p.get("description", ""))
        for p in said.get("parameters", ())
    ]
    return Operation(
        id=said["operationId"],
        method=method.upper(),
        path=path,
        summary=said.get("summary", ""),
        paragraphs=_paragraphs(said.get("description", "")),
        fields=fields + _body_fields(body.get("application/json", {}).get("schema", {}), schemas),
        bodies=list(body),
        statuses=[(status, answer["description"]) for status, answer in said["responses"].items()],
    )


def _body_fields(schema: dict[str, Any], schemas: dict[str, Any]) -> list[Field]:
    """The fields of a JSON body; of the single thing where a list of them is taken as well."""
    choices = schema.get("anyOf", [schema])
    named = next((choice["$ref"].rpartition("/")[2] for choice in choices if "$ref" in choice), None)
    if named is None:
        return []
    found = schemas[named]
    required = set(found.get("required", ()))
    return [
        Field(name, "body", _kind(field), name in required, field.get("description", ""))
        for name, field in found.get("properties", {}).items()
    ]


def _kind(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " | ".join(_kind(choice) for choice in schema["anyOf"] if choice.get("type") != "null")
    if "enum" in schema:
        return " | ".join(schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "any")


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.strip().split("\n\n") if part.strip()]
