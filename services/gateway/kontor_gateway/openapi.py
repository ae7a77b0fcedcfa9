"""What the public API says of itself at /api/openapi.json."""

from fastapi import FastAPI

from kontor_bus.ingest.topology import KINDS
from kontor_edge.openapi import Api
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
            "quote_amended", "quote_expired", "already_decided", "withdrawn", "no_quote",
        ],
    ),
    "413": ("The body is larger than allowed", ["file_too_large"]),
    "422": (
        "Something in the input is not right",
        [
            "invalid", "bad_value", "missing_value", "unknown_currency", "wrong_totals", "nothing_submitted",
            "unknown_file_type", "data_missing", "data_conflict", "too_much", "xml_broken", "xml_refused", "xml_no_invoice",
            "pdf_broken", "pdf_encrypted", "pdf_refused", "json_broken", "body_broken", "amount_invalid",
            "document_missing", "currency_mismatch", "too_many_lines", "zugferd1_incomplete", "selection_invalid",
            "nothing_chosen", "options_wrong", "customer_stays", "validity_past", "signature_invalid", "consent_missing",
            "consent_unknown",
        ],
    ),
    "429": ("Too often: wait as long as Retry-After says", ["too_many_requests"]),
    "503": (
        "A part of the platform does not answer, or two changed the same thing at once: nothing was done, try again",
        ["owner_unavailable", "contended"],
    ),
}  # fmt: skip
_SESSION = {
    "Portal session": {
        "type": "apiKey", "in": "cookie", "name": "__Host-kontor-slug",
        "description": "`slug` stands for the merchant's; set by logging in to its portal",
    }
}  # fmt: skip


def describe(app: FastAPI) -> None:
    """Has the app tell what no route says of itself: every error, and what is handed in as its owner reads it."""
    schemas = {name: schema for kind in KINDS for name, schema in ingest_components(kind).items()}
    api = Api(TITLE, DESCRIPTION, app.state.settings.portal_url, ERRORS, _SESSION, TAGS, schemas)
    app.openapi = lambda: api.of(app)  # type: ignore[method-assign]
