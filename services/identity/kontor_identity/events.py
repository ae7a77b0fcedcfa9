"""Identity's aggregates as the bus carries them: one function each."""

from collections.abc import Sequence

from kontor.identity.v1 import identity_pb2 as pb
from kontor_identity.models import ApiKey, Challenge, Contact, Customer, Link, Merchant
from kontor_service.events import instant

_MERCHANT_TEXTS = (
    "name", "slug", "logo_sha256", "logo_media_type", "logo_shown", "accent_color", "contact_email", "contact_phone",
    "portal_enabled", "automatic_release", "mail_attaches_files", "portal_access_default", "language", "time_zone",
    "vat_id", "tax_number", "register_entry", "iban", "bic", "account_holder", "mail_from_name", "mail_reply_to",
    "password_reset_enabled", "payments_enabled", "legal_form_note",
)  # fmt: skip
_CUSTOMER_TEXTS = (
    "number", "name", "kind", "email", "phone", "vat_id", "language", "portal_access", "mail_mode",
)  # fmt: skip
_CONTACT_TEXTS = (
    "name", "function", "email", "phone", "language", "gets_quotes", "gets_invoices", "gets_reminders", "access",
)  # fmt: skip


def merchant_state(merchant: Merchant) -> pb.Merchant:
    return pb.Merchant(
        id=str(merchant.id),
        merchant_id=str(merchant.merchant_id),
        epoch=merchant.epoch,
        version=merchant.version,
        document_types=[pb.DocumentTypeSettings(**settings) for settings in merchant.document_types],
        address=pb.Address(**merchant.address),
        footer_links=[pb.FooterLink(**link) for link in merchant.footer_links],
        **{name: getattr(merchant, name) for name in _MERCHANT_TEXTS},
    )


def customer_state(customer: Customer, contacts: Sequence[Contact]) -> pb.Customer:
    return pb.Customer(
        id=str(customer.id),
        merchant_id=str(customer.merchant_id),
        epoch=customer.epoch,
        version=customer.version,
        address=pb.Address(**customer.address),
        contacts=[_contact_state(contact) for contact in contacts],
        created_at=instant(customer.created_at),
        **{name: getattr(customer, name) for name in _CUSTOMER_TEXTS},
    )


def challenge_state(challenge: Challenge) -> pb.Challenge:
    return pb.Challenge(
        id=str(challenge.id),
        merchant_id=str(challenge.merchant_id),
        epoch=challenge.epoch,
        version=challenge.version,
        kind=challenge.kind,
        email=challenge.email,
        name=challenge.name,
        language=challenge.language,
        expires_at=instant(challenge.expires_at),
        customer_id=str(challenge.customer_id or ""),
        document_id=str(challenge.document_id or ""),
    )


def link_state(link: Link) -> pb.Link:
    return pb.Link(
        id=str(link.id),
        merchant_id=str(link.merchant_id),
        epoch=link.epoch,
        version=link.version,
        customer_id=str(link.customer_id),
        document_id=str(link.document_id or ""),
        contact_id=str(link.contact_id or ""),
        generation=link.generation,
        revoked=link.revoked_at is not None,
        expires_at=instant(link.expires_at),
        last_used_at=instant(link.last_used_at),
    )


def api_key_state(key: ApiKey) -> pb.ApiKey:
    return pb.ApiKey(
        id=str(key.id),
        merchant_id=str(key.merchant_id),
        epoch=key.epoch,
        version=key.version,
        name=key.name,
        prefix=key.prefix,
        scopes=key.scopes,
        revoked=key.revoked_at is not None,
        created_at=instant(key.created_at),
    )


def _contact_state(contact: Contact) -> pb.ContactPerson:
    return pb.ContactPerson(
        id=str(contact.id),
        invited_at=instant(contact.invited_at),
        last_seen_at=instant(contact.last_seen_at),
        user_id=str(contact.user_id or ""),
        **{name: getattr(contact, name) for name in _CONTACT_TEXTS},
    )
