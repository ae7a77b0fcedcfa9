"""Who gets a mail about a document, and in which language."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from uuid import UUID

from kontor.documents.v1.documents_pb2 import Document
from kontor.identity.v1.identity_pb2 import ContactPerson, Customer, Merchant, StaffMember
from kontor.notifications.v1.notifications_pb2_codes import MailError
from kontor_notifications.errors import NotSent
from kontor_service.i18n import Language, language_of

# Which of a contact's switches a document type belongs to; all others go to who gets invoices.
_GROUPS = {
    **dict.fromkeys(
        ("quote", "order_confirmation", "sales_order", "delivery_note", "purchase_order", "contract"), "gets_quotes"
    ),
    "reminder": "gets_reminders",
}
_PART = r"[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f\ud800-\udfff]+"
_ADDRESS = re.compile(rf"{_PART}@{_PART}\Z")


@dataclass(frozen=True)
class Recipient:
    email: str
    language: Language
    name: str = ""
    contact_id: UUID | None = None


def recipients(document: Document, customer: Customer, merchant: Merchant) -> list[Recipient]:
    """Staff's choice for this share; else the contacts who get this type; else the customer. Each address once; nobody
    for what the portal does not show yet."""
    if not _is_shown(document, merchant):
        return []
    chosen = [part for part in re.split(r"[,;\s]+", document.share_recipient) if part]
    by_choice = [recipient_of(address, customer, merchant) for address in chosen]
    found = by_choice or for_type(document.type, customer, merchant)
    return list({recipient.email.casefold(): recipient for recipient in reversed(found)}.values())[::-1]


def for_type(document_type: str, customer: Customer, merchant: Merchant) -> list[Recipient]:
    """The contacts whose switch for this type is on, else the customer."""
    group = _GROUPS.get(document_type, "gets_invoices")
    contacts = [
        one for one in customer.contacts if getattr(one, group) and _sees(one, document_type) and _reachable(one)
    ]
    if contacts:
        return [_contact(one, customer, merchant) for one in contacts]
    return [recipient_of(customer.email, customer, merchant)] if is_address(customer.email) else []


def staff_recipients(documents: Sequence[Document], merchant: Merchant) -> list[Recipient]:
    """The responsible person of the first document, else the merchant's contact address."""
    responsible = documents[0].responsible if documents else None
    language = language_of(merchant.language)
    if responsible and is_address(responsible.email):
        return [Recipient(responsible.email, language, responsible.name)]
    return [Recipient(merchant.contact_email, language)] if is_address(merchant.contact_email) else []


def members_or_contact(members: Sequence[StaffMember], merchant: Merchant) -> list[Recipient]:
    """Each of these members of staff; where none has an address, the merchant's contact address."""
    language, address = language_of(merchant.language), merchant.contact_email
    found = [Recipient(one.email, language, one.name) for one in members if is_address(one.email)]
    return found or ([Recipient(address, language)] if is_address(address) else [])


def invoice_recipients(_event: object, customer: Customer, merchant: Merchant) -> list[Recipient]:
    """The recipients of invoices, who also get mails about payments and about readings to enter."""
    return for_type("invoice", customer, merchant)


def _is_shown(document: Document, merchant: Merchant) -> bool:
    """By the state from which the merchant shows this type; a type that is hidden keeps documents from being shared at all."""
    first = next((kind.visible_from for kind in merchant.document_types if kind.type == document.type), "")
    return first in ("", "shared", document.outcome)


def _sees(one: ContactPerson, document_type: str) -> bool:
    return not one.document_types or document_type in one.document_types


def _reachable(one: ContactPerson) -> bool:
    """Identity makes no links for somebody whose access was revoked."""
    return one.access != "revoked" and is_address(one.email)


def recipient_of(address: str, customer: Customer, merchant: Merchant) -> Recipient:
    """An address, with what is known of the person behind it."""
    for one in customer.contacts:
        if one.email.casefold() == address.casefold():
            return _contact(one, customer, merchant)
    return Recipient(address, language_of(customer.language, merchant.language))


def is_address(text: str) -> bool:
    """One plain address (RFC 5321 without quoted local parts): nothing that could end a header or a command."""
    return len(text) <= 254 and _ADDRESS.match(text) is not None and bool(_wire_domain(text))


def header_address(name: str, address: str) -> Address:
    """For a From, To or Reply-To header. Raises NotSent."""
    if not is_address(address):
        raise NotSent(MailError.ADDRESS_INVALID, address=address)
    display = " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())[:200]
    return Address(display_name=display, username=address.partition("@")[0], domain=_wire_domain(address))


def _wire_domain(address: str) -> str:
    """The domain as mail servers know it (IDNA); empty for one that cannot be."""
    try:
        return address.rpartition("@")[2].encode("idna").decode()
    except UnicodeError:
        return ""


def _contact(one: ContactPerson, customer: Customer, merchant: Merchant) -> Recipient:
    language = language_of(one.language, customer.language, merchant.language)
    return Recipient(one.email, language, one.name, UUID(one.id))
