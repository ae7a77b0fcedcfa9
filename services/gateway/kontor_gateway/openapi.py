"""What the public API says of itself at /api/openapi.json."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from kontor_bus.ingest.topology import KINDS
from kontor_events.schemas import ingest_components

TITLE = "Kontor"
DESCRIPTION = """
The public API of a Kontor portal.

**Ingest** (`/api/ingest/v1`): an ERP or shop hands in documents, customers, payments, meters and readings with an API key
(`Authorization: Bearer kontor_…`, made by the merchant under Settings → API keys). Everything is asynchronous where it
takes time: `202` with a `status_url`. Repeating a request with the same `Idempotency-Key`, or the same bytes, does it once.

**Events** (`/api/events`): the way back. Read with `after=` the last position you have seen; positions never skip.

**Portal** (`/api/portal/v1/{slug}`): what a customer sees, as JSON, with the session cookie of the portal; `slug` is the
merchant's name in the portal's address. Answers carry an `ETag`; send it back as `If-None-Match` and get `304` while nothing
has changed.

Amounts are `{"minor_units": 78719, "currency": "EUR"}`; amounts that are handed in are decimal strings (`"787.19"`).
Dates are business dates (ISO 8601) in the merchant's time zone, instants are UTC. Errors are problem+json (RFC 9457) with a
stable `code`, and `field` or `errors` naming what is wrong with the input. JSON is at most 1 MiB, unless said otherwise.
"""
TAGS = [
    {"name": "ingest", "description": "Documents, customers, payments, meters and readings in"},
    {"name": "events", "description": "What happened to them, out"},
    {"name": "portal", "description": "What a customer sees; session cookie"},
]
# What a status means, and the codes under it; docs/api.md says when each comes (a test holds the two together).
ERRORS = {
    "401": (
        "No key or session, or one that is not valid any more", ["api_key_missing", "unauthorized", "not_logged_in"],
    ),
    "403": ("The key's scopes, or the session's rights, do not include this", ["not_allowed"]),
    "404": (
        "There is no such thing, or it is not yours",
        ["not_found", "submission_not_found", "document_not_found", "batch_not_found"],
    ),
    "409": (
        "It contradicts what is there",
        [
            "duplicate_number", "already_shared", "number_used", "wrong_state", "idempotency_key_reused", "external_id_reused",
        ],
    ),
    "413": ("The body is larger than allowed", ["file_too_large"]),
    "422": (
        "Something in the input is not right",
        [
            "invalid", "bad_value", "missing_value", "unknown_currency", "wrong_totals", "nothing_submitted",
            "unknown_file_type", "data_missing", "data_conflict", "too_much", "xml_broken", "xml_refused", "xml_no_invoice",
            "pdf_broken", "pdf_encrypted", "pdf_refused", "json_broken", "body_broken", "amount_invalid",
            "document_missing", "currency_mismatch", "too_many_lines", "zugferd1_incomplete",
        ],
    ),
    "429": ("Too often: wait as long as Retry-After says", ["too_many_requests"]),
    "503": (
        "A part of the platform does not answer, or two changed the same thing at once: nothing was done, try again",
        ["owner_unavailable", "contended"],
    ),
}  # fmt: skip
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


_SESSION = {
    "Portal session": {
        "type": "apiKey", "in": "cookie", "name": "__Host-kontor-slug",
        "description": "`slug` stands for the merchant's; set by logging in to its portal",
    }
}  # fmt: skip


def describe(app: FastAPI) -> None:
    """Has the app tell what no route says of itself: every error, and what is handed in as its owner reads it."""

    def described() -> dict[str, Any]:
        app.openapi_schema = app.openapi_schema or _described(app)
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]


def _described(app: FastAPI) -> dict[str, Any]:
    found = get_openapi(
        title=TITLE, version="1", description=DESCRIPTION, routes=app.routes, tags=TAGS,
        servers=[{"url": app.state.settings.portal_url}],
    )  # fmt: skip
    schemas = found["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas |= {"Problem": _PROBLEM, "FieldError": _FIELD_ERROR}
    for kind in KINDS:
        schemas |= ingest_components(kind)
    found["components"]["securitySchemes"] |= _SESSION
    for path in found["paths"].values():
        for operation in path.values():
            _complete(operation)
    return found


def _complete(operation: dict[str, Any]) -> None:
    operation.setdefault("security", [{name: []} for name in _SESSION])
    responses = operation["responses"]
    responses.pop("422", None)
    wanted = {"401", "403", "404", "429", "503"}
    if "requestBody" in operation:
        wanted |= {"409", "413", "422"}
        for content in operation["requestBody"]["content"].values():
            content["schema"] = _as_owners_say(content["schema"])
    if operation.get("parameters"):
        wanted.add("422")
    for status in sorted(wanted):
        meaning, codes = ERRORS[status]
        responses[status] = {
            "description": f"{meaning}: {', '.join(f'`{code}`' for code in codes)}",
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }


def _as_owners_say(schema: dict[str, Any]) -> dict[str, Any]:
    """Without what the framework makes of a body that is only passed on."""
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    named = [one for one in schema.get("anyOf", ()) if "$ref" in one or "$ref" in one.get("items", {})]
    return {"anyOf": named} if named else schema
