"""/api/docs: the API's description as a page of ours, without anybody else's scripts. In English, as the description is."""

from functools import lru_cache
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response

from kontor_edge.edge import pages
from kontor_edge.feature import Feature
from kontor_gateway.openapi import TAGS
from kontor_web import PageContext

router = APIRouter(include_in_schema=False)


@router.get("/api/docs")
async def docs(request: Request) -> Response:
    app: FastAPI = request.app
    return pages(request).render(
        request, "api_docs.html", PageContext(language="en", brand="Kontor", home="/api/docs"),
        intro=_paragraphs(app.description), groups=_groups(app),
    )  # fmt: skip


@lru_cache(4)
def _groups(app: FastAPI) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """(name, description, operations) of each group, in the order of the tags."""
    described = app.openapi()
    schemas: dict[str, Any] = described["components"]["schemas"]
    by_tag: dict[str, list[dict[str, Any]]] = {}
    for path, operations in described["paths"].items():
        for method, said in operations.items():
            by_tag.setdefault(said["tags"][0], []).append(_operation(method, path, said, schemas))
    return [(tag["name"], tag["description"], by_tag[tag["name"]]) for tag in TAGS if tag["name"] in by_tag]


def _operation(method: str, path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """One method of one path. `paragraphs` are its description, `bodies` the media types it takes."""
    body = operation.get("requestBody", {}).get("content", {})
    fields = [
        _field(p["name"], p["in"], p.get("schema", {}), p.get("required", False), p.get("description", ""))
        for p in operation.get("parameters", ())
    ]
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation.get("summary", ""),
        "paragraphs": _paragraphs(operation.get("description", "")),
        "fields": fields + _body_fields(body.get("application/json", {}).get("schema", {}), schemas),
        "bodies": list(body),
        "statuses": [(status, answer["description"]) for status, answer in operation["responses"].items()],
    }


def _field(name: str, place: str, schema: dict[str, Any], required: bool, text: str) -> dict[str, Any]:
    return {"name": name, "place": place, "kind": _kind(schema), "required": required, "text": text}


def _body_fields(schema: dict[str, Any], schemas: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of a JSON body; of the single thing where a list of them is taken as well."""
    choices = schema.get("anyOf", [schema])
    named = next((choice["$ref"].rpartition("/")[2] for choice in choices if "$ref" in choice), None)
    if named is None:
        return []
    found = schemas[named]
    required = set(found.get("required", ()))
    return [
        _field(name, "body", field, name in required, field.get("description", ""))
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


FEATURE = Feature("reference", routers=(router,))
