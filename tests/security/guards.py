"""What each route of the owners asks for: one table per owner. A route that stands in none fails."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

# Anybody: the keys that tokens are verified with, logos, and descriptions (of internal ports only).
OPEN = {
    "GET /openapi.json", "GET /docs", "GET /docs/oauth2-redirect", "GET /redoc", "GET /.well-known/jwks.json", "GET /v1/logos/{sha256}",
}  # fmt: skip


@dataclass(frozen=True)
class Guard:
    """What a route asks for. `right`: of a person's or key's token; `service`: of another part of the platform;
    `basic`: the calling service's own credential; `signed`: the provider's signature."""

    right: str = ""
    service: bool = False
    basic: bool = False
    signed: bool = False
    # Whose id: "" where the route has none (it shows the token's own merchant), else what is answered to a foreign one.
    foreign: int | None = 404
    # A customer's token may come here, and another customer's id must not be found either.
    portal: bool = False
    body: dict[str, Any] | None = None
    # The service that may ask, where that is not the usual one of this owner.
    caller: str = ""
    # Where a foreign id is answered with 200: whether the answer says that nothing was done.
    untouched: Callable[[dict[str, Any]], bool] | None = None
    name: str = field(default="", compare=False)


def _staff(right: str, body: dict[str, Any] | None = None, **more: Any) -> Guard:
    return Guard(right=right, body=body, **more)


def _released_none(answer: dict[str, Any]) -> bool:
    return answer["released"] == [] and answer["refused"][0]["error"]["status"] == 404


def _readings_refused(answer: dict[str, Any]) -> bool:
    return [result["outcome"] for result in answer["results"]] == ["refused"]


def _waits_for_its_meter(answer: dict[str, Any]) -> bool:
    return (answer["stored"], answer["parked"]) == (0, 1)


def _no_links(answer: dict[str, Any]) -> bool:
    return answer["links"] == []


BASIC = Guard(basic=True, foreign=None)
SERVICE = Guard(service=True, foreign=None)
_LINK_RIGHT = "customers:edit"
CONTACT = {"name": "Eva", "email": "eva@busch.example"}
BOOKING = {"amount_minor": 100, "currency": "EUR", "booked_on": "2026-01-02"}
_SETUP = {"customer_id": "{customer_id}", "method": "card", "agreed": True, "return_url": "http://localhost/"}
INCOMING = {
    "document_number": "ZW-1", "amount": "1.00", "currency": "EUR", "paid_on": "2026-01-02", "external_id": "foreign-1",
}  # fmt: skip

_RESOURCE = {"resources": ["meters.meter:{meter_id}"]}
_READING = {"register_id": "{register_id}", "value": "1", "insist": True}
_NEW_METER = {"number": "1", "registers": [{"unit": "kWh"}]}
_METER = {
    "number": "F-1", "kind": "electricity", "in_use_from": "2026-01-01", "customer_id": "{customer_id}",
    "registers": [{"unit": "kWh", "obis": "1-0:1.8.0"}],
}  # fmt: skip
_SENT = {"meter": "{meter_number}", "obis": "1-0:1.8.0", "value": "1", "taken_at": "2026-01-02"}
_STANDING = {
    "title": "AGB", "kind": "terms", "document_types": ["quote"], "file": {"name": "agb.txt", "content": "QUdC"},
}  # fmt: skip
_BLOCK = {"name": "n", "subject": "s", "text": "t"}
_BACK = {"return_url": "http://localhost/"}
_STICKER = {"number": "1", "kind": "gas", "place": "Keller", "url": "https://portal.example/z/x"}

GUARDS: dict[str, dict[str, Guard]] = {
    "identity": {
        "POST /v1/tokens": BASIC,
        "POST /v1/service-tokens": BASIC,
        "POST /v1/sessions/password": BASIC,
        "POST /v1/sessions/code/start": BASIC,
        "POST /v1/sessions/code": BASIC,
        "POST /v1/sessions/link": BASIC,
        "POST /v1/sessions/end": BASIC,
        "POST /v1/sessions/renew": BASIC,
        "POST /v1/sessions/push": SERVICE,
        "POST /v1/links/inspect": BASIC,
        "POST /v1/links/request-new": BASIC,
        "POST /v1/invitations/inspect": BASIC,
        "POST /v1/invitations/accept": BASIC,
        "POST /v1/previews": _staff("previews:read", {"customer_id": "{customer_id}"}),
        "POST /v1/previews/open": BASIC,
        "POST /v1/password-resets": BASIC,
        "POST /v1/password-resets/inspect": BASIC,
        "POST /v1/password-resets/complete": BASIC,
        "POST /v1/document-links": Guard(
            service=True, body={"merchant_id": "{merchant_id}", "customer_id": "{customer_id}"}
        ),
        # By staff who may edit the thing's kind, and by services. A link is of the token's own merchant and opens its things alone.
        "POST /v1/capability-links": _staff("meters:edit", _RESOURCE, foreign=None),
        "POST /v1/capability-links/revoke": _staff("meters:edit", _RESOURCE, foreign=None),
        "POST /v1/challenges/{challenge_id}/secret": Guard(service=True),
        "POST /v1/snapshots": SERVICE,
        "GET /v1/sessions": _staff("account", foreign=None),
        "DELETE /v1/sessions/{session_id}": _staff("account"),
        "POST /v1/account/password": _staff("account", {"old": "x", "new": "y"}, foreign=None),
        "POST /v1/account/confirm": _staff("account", {"password": "x"}, foreign=None),
        "POST /v1/account/language": _staff("account", {"language": "de"}, foreign=None),
        "GET /v1/security-events": _staff("merchant:edit", foreign=None),
        "POST /v1/account/log-out-everywhere": _staff("account", None, foreign=None),
        "GET /v1/merchant": _staff("merchant:edit", foreign=None),
        "PATCH /v1/merchant": _staff("merchant:edit", {}, foreign=None),
        "PUT /v1/merchant/logo": _staff("merchant:edit", foreign=None),
        "DELETE /v1/merchant/logo": _staff("merchant:edit", foreign=None),
        "GET /v1/customers": _staff("customers:edit", foreign=None),
        "POST /v1/customers": _staff("customers:edit", {"number": "9", "name": "n"}, foreign=None),
        "POST /v1/customers/batches": _staff("customers:edit", {"customers": []}, foreign=None),
        "PUT /v1/customers/by-number/{number:path}": _staff("customers:edit", {"name": "n"}, foreign=None),
        "PATCH /v1/customers/{customer_id}": _staff("customers:edit", {"name": "Nicht meiner"}),
        "POST /v1/customers/{customer_id}/contacts": _staff("customers:edit", CONTACT),
        "PATCH /v1/customers/{customer_id}/contacts/{contact_id}": _staff("customers:edit", {"name": "Nicht meine"}),
        "POST /v1/customers/{customer_id}/contacts/{contact_id}/invite": _staff("customers:edit"),
        "POST /v1/customers/{customer_id}/contacts/{contact_id}/revoke": _staff("customers:edit"),
        "GET /v1/customers/{customer_id}/link": _staff(_LINK_RIGHT),
        "POST /v1/customers/{customer_id}/link/renew": _staff(_LINK_RIGHT),
        "POST /v1/customers/{customer_id}/link/revoke": _staff(_LINK_RIGHT),
        "GET /v1/customers/{customer_id}/documents/{document_id}/link": _staff(_LINK_RIGHT),
        "POST /v1/customers/{customer_id}/documents/{document_id}/link/renew": _staff(_LINK_RIGHT),
        "POST /v1/customers/{customer_id}/documents/{document_id}/link/revoke": _staff(_LINK_RIGHT),
        "GET /v1/staff": _staff("staff:edit", foreign=None),
        "POST /v1/staff": _staff("staff:edit", {"name": "n", "email": "x@y.example", "role": "owner"}, foreign=None),
        "PATCH /v1/staff/{staff_id}": _staff("staff:edit", {"role": "read_only"}),
        "PUT /v1/staff/{staff_id}/picture": _staff("staff:edit", foreign=422),
        "DELETE /v1/staff/{staff_id}/picture": _staff("staff:edit"),
        "GET /v1/staff-pictures/{sha256}": Guard(service=True, caller="gateway"),
        "POST /v1/api-keys": _staff("api_keys:edit", {"name": "n", "scopes": ["events:read"]}, foreign=None),
        "DELETE /v1/api-keys/{key_id}": _staff("api_keys:edit"),
    },
    "documents": {
        "POST /v1/submissions": _staff("documents:submit", {}, foreign=None),
        "POST /v1/calculations": _staff("documents:submit", {}, foreign=None),
        "POST /v1/documents/{document_id}/request-done": _staff("documents:release"),
        "GET /v1/documents/{document_id}/evidence": _staff("documents:read"),
        "GET /v1/documents/{document_id}/evidence/{number}/signature": _staff("documents:read"),
        "GET /v1/quote-templates": _staff("documents:submit", foreign=None),
        "POST /v1/quote-templates": _staff("documents:submit", {"name": "n", "data": {}}, foreign=None),
        "GET /v1/quote-templates/{template_id}": _staff("documents:submit"),
        "PATCH /v1/quote-templates/{template_id}": _staff("documents:submit", {"name": "Nicht meine"}),
        "DELETE /v1/quote-templates/{template_id}": _staff("documents:submit"),
        # Stored for the merchant alone, without a document.
        "POST /v1/quote-files": _staff("documents:submit", foreign=None),
        "GET /v1/submissions/{submission_id}": _staff("documents:submit"),
        "GET /v1/parked-documents": _staff("documents:submit", foreign=None),
        "POST /v1/releases": _staff("documents:release", {"ids": ["{document_id}"]}, foreign=200, untouched=_released_none),
        "POST /v1/documents/{document_id}/share": _staff("documents:release", {}),
        "POST /v1/documents/{document_id}/withdraw": _staff("documents:release", {}),
        "POST /v1/documents/{document_id}/cancel": _staff("documents:release", {}),
        "POST /v1/documents/by-external-id/{external_id:path}/withdraw": _staff("documents:submit", {}),
        "POST /v1/documents/by-external-id/{external_id:path}/cancel": _staff("documents:submit", {}),
        "PUT /v1/documents/{document_id}/selection": _staff("documents:accept", {"lines": []}, portal=True),
        "POST /v1/documents/{document_id}/acceptance": _staff("documents:accept", {"version": 1, "name": "n"}, portal=True),
        "POST /v1/documents/{document_id}/decline": _staff("documents:accept", {}, portal=True),
        "POST /v1/documents/{document_id}/extension-request": _staff("documents:read", {}, portal=True),
        "POST /v1/documents/{document_id}/new-offer-request": _staff("documents:read", {}, portal=True),
        "GET /v1/documents/{document_id}/revisions": _staff("documents:release"),
        "POST /v1/documents/{document_id}/extend": _staff("documents:release", {"valid_until": "2030-01-01"}),
        "POST /v1/documents/by-external-id/{external_id:path}/extend": _staff(
            "documents:submit", {"valid_until": "2030-01-01"}
        ),
        "POST /v1/documents/{document_id}/assign": _staff("documents:release", {"customer_id": "{customer_id}"}),
        "POST /v1/documents/{document_id}/accept-seller": _staff("documents:release"),
        "POST /v1/documents/{document_id}/accept-characters": _staff("documents:release"),
        "POST /v1/submissions/{submission_id}/again": _staff("documents:submit", {"replace": True}),
        "POST /v1/documents/{document_id}/forward": _staff(
            "documents:read", {"contact_id": "{contact_id}"}, portal=True
        ),
        "POST /v1/documents/{document_id}/opened": _staff("documents:read", {}, portal=True),
        "PATCH /v1/documents/{document_id}/files/{file_id}": _staff("documents:release", {"private": False}),
        "GET /v1/documents/{document_id}/comments": _staff("documents:comment", portal=True),
        "POST /v1/documents/{document_id}/comments": _staff("documents:comment", {"text": "Nicht meins"}, portal=True),
        "POST /v1/documents/{document_id}/comments/read": _staff("documents:comment", {"number": 1}, portal=True),
        "POST /v1/documents/{document_id}/comments/settle": _staff("documents:comment", portal=True),
        "PUT /v1/documents/{document_id}/comments/{comment_id}": _staff("documents:comment", {"text": "n"}, portal=True),
        "DELETE /v1/documents/{document_id}/comments/{comment_id}": _staff("documents:comment", portal=True),
        "GET /v1/documents/{document_id}/comments/{comment_id}/files/{file_id}": _staff("documents:comment", portal=True),
        # Without a file there is nothing to be hidden: documents' own tests send one to foreign ids.
        "POST /v1/documents/{document_id}/comment-files": _staff("documents:comment", foreign=None),
        "POST /v1/documents/by-external-id/{external_id:path}/comments": _staff("documents:submit", {"text": "n"}),
        "POST /v1/documents/{document_id}/notes": _staff("documents:note", {"text": "Nicht meiner"}),
        "DELETE /v1/documents/{document_id}/notes/{note_id}": _staff("documents:note"),
        "GET /v1/content/{sha256}": _staff("documents:release"),
        "GET /v1/documents/{document_id}/pdf": _staff("documents:release"),
        "GET /v1/documents/{document_id}/files/{file_id}": _staff("documents:release"),
        "GET /v1/documents/{document_id}/history": _staff("documents:release"),
        "GET /v1/documents/{document_id}/report": _staff("documents:release"),
        "PUT /v1/standing-documents/{standing_document_id}": _staff("standing_documents:edit", _STANDING),
        "DELETE /v1/standing-documents/{standing_document_id}": _staff("standing_documents:edit"),
        "GET /v1/standing-documents/versions/{version_id}/file": _staff("documents:release"),
        "GET /v1/documents/{document_id}/standing-documents": _staff("documents:release"),
        "POST /v1/reprojections": SERVICE,
        "POST /v1/snapshots": SERVICE,
    },
    "payments": {
        "POST /v1/checkouts": _staff(
            "documents:pay",
            {"documents": ["{document_id}"], "method": "card", "return_url": "http://localhost/"},
            portal=True,
        ),
        "POST /v1/pay-links": _staff("payments:edit", {"documents": ["{document_id}"]}),
        "GET /v1/customers/{customer_id}/pay-links": _staff("payments:edit", foreign=200, untouched=_no_links),
        "POST /v1/pay-links/{link_id}/revoke": _staff("payments:edit"),
        "GET /v1/pay-link": _staff("payments:pay", foreign=None),
        "GET /v1/payments/{payment_id}/receipt": _staff("documents:read", portal=True),
        "GET /v1/checkouts/{checkout_id}": _staff("documents:read", portal=True),
        "POST /v1/checkouts/{checkout_id}/reconcile": _staff("documents:pay", portal=True),
        "GET /v1/documents/{document_id}/transfer": _staff("documents:read", portal=True),
        "GET /v1/saved-methods/options": _staff("documents:pay", foreign=None),
        "POST /v1/saved-methods": _staff("documents:pay", _SETUP, portal=True),
        "POST /v1/saved-methods/reconcile": _staff("documents:pay", foreign=None),
        "POST /v1/saved-methods/{method_id}/default": _staff("documents:pay", portal=True),
        "DELETE /v1/saved-methods/{method_id}": _staff("documents:pay", portal=True),
        "POST /v1/charges": _staff("payments:book", {"documents": ["{document_id}"], "return_url": "http://localhost/"}),
        "POST /v1/documents/{document_id}/confirmation": _staff("documents:pay", portal=True),
        "POST /v1/documents/{document_id}/bookings": _staff("payments:book", BOOKING),
        "POST /v1/documents/{document_id}/payouts": _staff("payments:book", {}),
        "POST /v1/documents/{document_id}/mark-paid": _staff("payments:book", {}),
        # Parked: the number stands for no document of this merchant.
        "GET /v1/incoming-payments/parked": _staff("payments:book", foreign=None),
        "GET /v1/incoming-payments/{payment_id}": _staff("payments:book"),
        "POST /v1/incoming-payments/{payment_id}/assign": _staff("payments:book", {"document_id": "{document_id}"}),
        "POST /v1/incoming-payments/{payment_id}/refuse": _staff("payments:book", {"reason": "a"}),
        "POST /v1/incoming-payments": _staff("payments:book", INCOMING, foreign=202),
        "POST /v1/payments/{payment_id}/refund": _staff("payments:book", {"reason": "other"}),
        "POST /v1/payments/{payment_id}/cancel": _staff("payments:book", {"reason": "a"}),
        "POST /v1/bank-statements": _staff("payments:book", foreign=None),
        "POST /v1/statement-entries/confirm": _staff("payments:book", {}, foreign=None),
        "POST /v1/statement-entries/propose": _staff("payments:book", foreign=None),
        "POST /v1/statement-entries/{entry_id}/book": _staff("payments:book", {}),
        "POST /v1/statement-entries/{entry_id}/set-aside": _staff("payments:book", {}),
        "POST /v1/statement-entries/{entry_id}/reopen": _staff("payments:book"),
        "GET /v1/payouts/items.csv": _staff("payments:book", foreign=None),
        "GET /v1/payouts/datev.csv": _staff("payments:book", foreign=None),
        "GET /v1/payouts/{payout_id}/items.csv": _staff("payments:book"),
        "GET /v1/payouts/{payout_id}/datev.csv": _staff("payments:book"),
        "GET /v1/settings/trees": _staff("payments:settings", foreign=None),
        "PUT /v1/settings/trees": _staff("payments:settings", {"enabled": False, "basis": "fees", "step": 1}, foreign=None),
        "GET /v1/settings/datev": _staff("payments:settings", foreign=None),
        "PUT /v1/settings/datev": _staff("payments:settings", {"consultant": 1001, "client": 1}, foreign=None),
        "GET /v1/settings": _staff("payments:settings", foreign=None),
        "PUT /v1/settings": _staff("payments:settings", {}, foreign=None),
        "GET /v1/connections": _staff("payments:settings", foreign=None),
        "POST /v1/connections/{provider}/keys": _staff("payments:settings", {"fields": {"key": "a"}}, foreign=None),
        "POST /v1/connections/{provider}/sign-in": _staff("payments:settings", _BACK, foreign=None),
        "POST /v1/connections/{provider}/signed-in": _staff("payments:settings", {"state": "a", "code": "a"}, foreign=None),
        "POST /v1/connections/{provider}/trial-payments": _staff("payments:settings", {"method": "card"} | _BACK, foreign=None),
        "POST /v1/connections/trial-payments/{trial_id}/reconcile": _staff("payments:settings"),
        "POST /v1/connections/{provider}/live": _staff("payments:settings", foreign=None),
        "POST /v1/connections/{provider}/end": _staff("payments:settings", foreign=None),
        "DELETE /v1/connections/{connection_id}/keys": _staff("payments:settings"),
        "POST /v1/webhooks/{provider}/{connection_id}": Guard(signed=True, foreign=None),
        "POST /v1/snapshots": SERVICE,
    },
    "notifications": {
        "GET /v1/templates": _staff("templates:edit", foreign=None),
        "PUT /v1/templates/{kind}/{language}": _staff("templates:edit", {"subject": "s", "text": "t"}, foreign=None),
        "DELETE /v1/templates/{kind}/{language}": _staff("templates:edit", foreign=None),
        "PUT /v1/templates/{kind}/{language}/blocks/{block_id}": _staff("templates:edit", _BLOCK),
        "DELETE /v1/templates/{kind}/{language}/blocks/{block_id}": _staff("templates:edit"),
        "POST /v1/templates/preview": _staff("templates:edit", {"kind": "document_shared:invoice", "document_id": "{document_id}"}),
        "POST /v1/mails/{mail_id}/resend": _staff("mails:resend", {}),
        "GET /v1/mails/{mail_id}": _staff("mails:resend"),
        "POST /v1/mails/preview": _staff("mails:resend", {"document_id": "{document_id}"}),
        "GET /v1/incoming-mails/{incoming_mail_id}": _staff("mails:assign"),
        "POST /v1/incoming-mails/{incoming_mail_id}/assign": _staff("mails:assign", {"document_id": "{document_id}"}),
        "POST /v1/incoming-mails/{incoming_mail_id}/discard": _staff("mails:assign"),
        "GET /v1/feed": _staff("events:read", foreign=None),
        "POST /v1/snapshots": SERVICE,
    },
    "meters": {
        # A customer of another merchant is not known.
        "POST /v1/meters": _staff("meters:edit", _METER, foreign=422),
        "POST /v1/meters/{meter_id}": _staff("meters:edit", {"label": "Nicht meiner"}),
        "POST /v1/meters/{meter_id}/end": _staff("meters:edit", {"in_use_to": "2026-02-01"}),
        "POST /v1/meters/{meter_id}/exchange": _staff("meters:edit", {"exchanged_on": "2026-02-01", "meter": _NEW_METER}),
        "POST /v1/incoming-meters": _staff("meters:submit", {"external_id": "F-1"}, foreign=None),
        "POST /v1/readings": _staff(
            "meters:enter", {"readings": [_READING]}, foreign=200, untouched=_readings_refused, portal=True
        ),
        "POST /v1/readings/{reading_id}/accept": _staff("meters:edit", {}),
        "POST /v1/readings/{reading_id}/reject": _staff("meters:edit", {}),
        "POST /v1/readings/{reading_id}/correct": _staff("meters:edit", {"value": "2"}),
        "GET /v1/readings/{reading_id}/photo": _staff("meters:read"),
        "POST /v1/photos": _staff("meters:edit", foreign=None),
        "POST /v1/incoming-readings": _staff(
            "meters:submit", {"readings": [_SENT]}, foreign=200, untouched=_waits_for_its_meter
        ),
        "GET /v1/incoming-readings/parked": _staff("meters:submit", foreign=None),
        "GET /v1/incoming-readings/{batch_id}": _staff("meters:submit"),
        "GET /v1/series/{series_id}/days/{day}": _staff("meters:read"),
        "POST /v1/requests": _staff(
            "meters:edit", {"title": "t", "due_on": "2030-01-01", "meter_ids": ["{meter_id}"]}, foreign=422
        ),
        "POST /v1/requests/{request_id}/remind": _staff("meters:edit"),
        "POST /v1/requests/{request_id}/close": _staff("meters:edit"),
        "POST /v1/batches": _staff("meters:edit", foreign=None),
        "GET /v1/batches/template.csv": _staff("meters:read", foreign=None),
        "POST /v1/batches/{batch_id}/store": _staff("meters:edit"),
        "POST /v1/batches/{batch_id}/drop": _staff("meters:edit"),
        "GET /v1/batches/{batch_id}/problems": _staff("meters:edit"),
        "GET /v1/batches/{batch_id}/result.csv": _staff("meters:edit"),
        "POST /v1/stickers": _staff("meters:edit", {"merchant": {"name": "n"}, "items": [_STICKER]}, foreign=None),
        "POST /v1/snapshots": SERVICE,
    },
}  # fmt: skip
