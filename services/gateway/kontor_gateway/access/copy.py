"""Whose portals there are and who their customers are, in the gateway's copy."""

from typing import Any

from kontor.identity.v1 import identity_pb2
from kontor.identity.v1.identity_pb2_codes import CustomerRole
from kontor_edge import View
from kontor_edge.values import bits

# What customers may do with documents of a type, where the merchant allows it.
ACTIONS = ("can_print", "can_comment", "can_accept", "can_pay")


def _merchant(m: Any) -> dict[str, Any]:
    shown = [t for t in m.document_types if t.visible]
    types = {t.type: {name: getattr(t, name) for name in ACTIONS} for t in shown}
    return {
        "slug": m.slug,
        "portal_enabled": m.portal_enabled,
        "portal_access_default": m.portal_access_default,
        "visible_types": [f"{t.type}:{t.visible_from}" if t.visible_from not in ("", "shared") else t.type for t in shown],
        "time_zone": m.time_zone or "Europe/Berlin",
        "data": {
            "id": m.id, "slug": m.slug, "name": m.name, "language": m.language or "de",
            "time_zone": m.time_zone or "Europe/Berlin", "accent": m.accent_color, "email": m.contact_email,
            "phone": m.contact_phone, "logo": m.logo_sha256 if m.logo_shown else "", "logo_type": m.logo_media_type,
            "types": types, "view": m.document_view or "data", "payments": m.payments_enabled, "reset": m.password_reset_enabled,
            "decline_reasons": list(m.decline_reasons), "footer": [{"label": link.label, "url": link.url} for link in m.footer_links],
        },
    }  # fmt: skip


def _may_accept(one: Any) -> bool:
    """Whether a quote can be forwarded to this person."""
    sees = "quote" in (one.document_types or ("quote",))
    return bool(one.may_accept and one.email and one.access != "revoked" and sees)


def _customer(c: Any) -> dict[str, Any]:
    return {
        "name": c.name,
        "portal_access": c.portal_access,
        "role_bits": bits(c.roles or [CustomerRole.CUSTOMER], CustomerRole),
        "acceptors": [
            {"id": one.id, "name": one.name, "function": one.function} for one in c.contacts if _may_accept(one)
        ],
        "data": {"id": c.id, "number": c.number, "name": c.name, "kind": c.kind},
    }


MERCHANT = View(
    "merchant",
    identity_pb2.MerchantSnapshot,
    {
        "slug": "text", "portal_enabled": "boolean", "portal_access_default": "boolean", "visible_types": "text[]",
        "time_zone": "text", "data": "json",
    },
    _merchant,
    lambda m: (f"merchant:{m.id}",),
)  # fmt: skip
CUSTOMER = View(
    "customer",
    identity_pb2.CustomerSnapshot,
    {"name": "text", "portal_access": "text", "role_bits": "integer", "acceptors": "json", "data": "json"},
    _customer,
)
