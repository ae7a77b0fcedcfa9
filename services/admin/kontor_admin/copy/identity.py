"""Merchants, their staff, customers, links, API keys."""

from typing import Any

from kontor.identity.v1 import identity_pb2
from kontor_edge import View
from kontor_edge.sorting import fold, number_key, search_words
from kontor_edge.values import KEY, key, text, whole


def _merchant(m: Any) -> dict[str, Any]:
    return {"time_zone": m.time_zone or "Europe/Berlin", "data": whole(m)}


def _customer(c: Any) -> dict[str, Any]:
    people = [part for contact in c.contacts for part in (contact.name, contact.email)]
    places = [c.address.line1, c.address.post_code, c.address.city]
    return {
        "number": c.number,
        "name": c.name,
        "email": c.email,
        "by_name": fold(c.name),
        "by_number": number_key(c.number),
        "words": search_words([c.number, c.name, c.email, c.vat_id, *places, *people]),
        "brief": text(
            {
                "id": c.id, "number": c.number, "name": c.name, "kind": c.kind, "email": c.email, "city": c.address.city,
                "contacts": len(c.contacts), "active": sum(1 for p in c.contacts if p.access == "active"),
                "invited": sum(1 for p in c.contacts if p.access == "invited"), "portal_access": c.portal_access,
            }
        ),
        "data": whole(c),
    }  # fmt: skip


def _link(link: Any) -> dict[str, Any]:
    return {
        "customer_id": link.customer_id or None,
        "document_id": link.document_id or None,
        "mailed": bool(link.contact_id),
        "data": whole(link),
    }


def _api_key(api_key: Any) -> dict[str, Any]:
    return {"by_time": key(api_key.created_at), "data": whole(api_key)}


MERCHANT = View(
    "merchant",
    identity_pb2.MerchantSnapshot,
    {"time_zone": "text", "data": "json"},
    _merchant,
    lambda m: (f"merchant:{m.id}",),
)
CUSTOMER = View(
    "customer",
    identity_pb2.CustomerSnapshot,
    {
        "number": "text",
        "name": "text",
        "email": "text",
        "by_name": KEY,
        "by_number": KEY,
        "words": "text",
        "brief": "text",
        "data": "json",
    },
    _customer,
    lambda c: (f"merchant:{c.merchant_id}",),
)
LINK = View(
    "link",
    identity_pb2.LinkSnapshot,
    {"customer_id": "uuid", "document_id": "uuid", "mailed": "boolean", "data": "json"},
    _link,
    lambda link: (f"merchant:{link.merchant_id}",),
)
API_KEY = View(
    "api_key",
    identity_pb2.ApiKeySnapshot,
    {"by_time": KEY, "data": "json"},
    _api_key,
    lambda k: (f"merchant:{k.merchant_id}",),
)
STAFF_MEMBER = View(
    "staff_member",
    identity_pb2.StaffMemberSnapshot,
    {"active": "boolean", "by_name": KEY, "data": "json"},
    lambda s: {"active": s.active, "by_name": fold(s.name), "data": whole(s)},
    lambda s: (f"merchant:{s.merchant_id}",),
)
VIEWS = (MERCHANT, CUSTOMER, LINK, API_KEY, STAFF_MEMBER)
