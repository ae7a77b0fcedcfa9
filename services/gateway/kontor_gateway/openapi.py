"""What the public API says of itself at /api/openapi.json."""

TITLE = "Kontor"
DESCRIPTION = """
The public API of a Kontor portal.

**Ingest** (`/api/ingest/v1`): an ERP or shop hands in documents, customers, payments, meters and readings with an API key
(`Authorization: Bearer kontor_…`, made by the merchant under Settings → API keys). Everything is asynchronous where it
takes time: `202` with a `status_url`. Repeating a request with the same `Idempotency-Key`, or the same bytes, does it once.

**Events** (`/api/events`): the way back. Read with `after=` the last position you have seen; positions never skip.

**Portal** (`/api/portal/v1/{slug}`): what a customer sees, as JSON, with the session cookie of the portal.
Answers carry an `ETag`; send it back as `If-None-Match` and get `304` while nothing has changed.

Amounts are `{"minor_units": 78719, "currency": "EUR"}`; amounts that are handed in are decimal strings (`"787.19"`).
Dates are business dates (ISO 8601) in the merchant's time zone, instants are UTC. Errors are problem+json (RFC 9457) with a
stable `code`, and `field` or `errors` naming what is wrong with the input.
"""
TAGS = [
    {"name": "ingest", "description": "Documents, customers, payments, meters and readings in"},
    {"name": "events", "description": "What happened to them, out"},
    {"name": "portal", "description": "What a customer sees; session cookie"},
    {"name": "webhooks", "description": "Called by payment providers"},
    {"name": "internal", "description": "Called by other parts of the platform with a service token"},
]
