"""What happens to quotes: told to the customer, or to the merchant's person who answers for the quote."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from kontor.documents.v1.documents_pb2 import (
    Document,
    DocumentAccepted,
    DocumentAmended,
    DocumentDeclined,
    DocumentExpired,
    DocumentExtended,
    DocumentExtensionRequested,
    DocumentNewOfferRequested,
    DocumentWithdrawn,
)
from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor.identity.v1.identity_pb2 import Customer, Merchant
from kontor_notifications.kind import MailKind, Occasion
from kontor_notifications.mails.links import StaffLink
from kontor_notifications.mails.recipients import Recipient, recipients
from kontor_notifications.placeholders import fields_of
from kontor_notifications.placeholders.changes import CHANGES, changes_of
from kontor_notifications.placeholders.documents import OVERVIEW, document_fields
from kontor_notifications.placeholders.people import link
from kontor_notifications.placeholders.quotes import QUOTE_NEXT
from kontor_notifications.rendering.facts import Facts
from kontor_service.i18n import N_
from kontor_service.money import from_minor

EXPIRING = "quote_expiring"


def _of_a_quote(event: Any) -> Occasion | None:
    """`text`: what the customer wrote, where the event says it."""
    document = event.document
    if document.type != DocumentType.QUOTE:
        return None
    decision = document.decision
    said = {"name": decision.name, "reason": decision.reason, "text": getattr(event, "text", "") or decision.text}
    return Occasion(
        customer_id=document.customer_id, document_ids=[document.id], document_number=document.number, data=said
    )


def _amended(event: DocumentAmended) -> Occasion | None:
    """With what this amendment has changed: the quote may be amended again before the mail goes out."""
    occasion = _of_a_quote(event)
    return occasion and occasion.model_copy(update={"data": {"changes": changes_of(event.document)}})


def _withdrawn(event: DocumentWithdrawn) -> Occasion | None:
    """Only where the customer had it; of any type."""
    document = event.document
    if not document.shared_at.seconds:
        return None
    return Occasion(
        customer_id=document.customer_id, document_ids=[document.id], document_number=document.number,
        data={"name": "", "reason": event.reason, "text": ""},
    )  # fmt: skip


def _customer(event: Any, customer: Customer, merchant: Merchant) -> list[Recipient]:
    return recipients(event.document, customer, merchant)


def _fact(name: str) -> Callable[[Facts], str]:
    return lambda facts: str((facts.data or {}).get(name, ""))


def _sample(_today: date, _document: Document) -> dict[str, str]:
    return {"name": "Alex Sample", "reason": "", "text": ""}


def _amendment_sample(_today: date, document: Document) -> dict[str, list[dict[str, str]]]:
    total = {"kind": "changed", "name": "", "field": "totals.gross", "before": "", "after": ""}
    gross = from_minor(document.gross_minor, document.currency or "EUR")
    return {"changes": changes_of(document) or [total | {"before": str(gross * 2), "after": str(gross)}]}


_decision = fields_of("Decision", "Entscheidung")
_PLACEHOLDERS = (
    *document_fields("Quote", "Offer", "Angebot"),
    QUOTE_NEXT,
    OVERVIEW,
    _decision("name", N_("Who accepted or declined the quote"), _fact("name")),
    _decision("reason", N_("Why it was declined or withdrawn"), _fact("reason"), "grund"),
    _decision("text", N_("What the customer wrote"), _fact("text"), "text"),
)
_kind = partial(
    MailKind, occasion=_of_a_quote, recipients=_customer, own_placeholders=_PLACEHOLDERS, documents=1, sample=_sample
)
_to_customer = partial(_kind, document_type=DocumentType.QUOTE.value)
_to_merchant = partial(
    _to_customer, to_staff=True, links=StaffLink(),
    own_placeholders=(*(one for one in _PLACEHOLDERS if one.name != "Link"), link(N_("Open in Kontor"))),
)  # fmt: skip
_LINK = "[PORTAL][Quote.customerportal_url][/PORTAL]"

KINDS = (
    _to_customer(
        name="quote_amended", label=N_("Quote amended"), trigger=DocumentAmended, occasion=_amended,
        own_placeholders=(*document_fields("Quote", "Offer", "Angebot"), OVERVIEW, CHANGES), sample=_amendment_sample,
        words=(
            N_("Your quote [Quote.number] has been amended"),
            N_("We have amended our quote [Quote.number]. The present version is the one that counts."),
            "[Changes]",
            "[Overview]",
            N_("[PORTAL]What is new is also shown beside the quote:\n[Quote.customerportal_url][/PORTAL]"),
        ),
    ),
    _to_customer(
        name=EXPIRING, label=N_("Quote about to expire"),
        words=(
            N_("Your quote [Quote.number] is valid until [Quote.valid_until]"),
            N_("Our quote [Quote.number] is valid until [Quote.valid_until]. [Quote.next]"),
            "[Overview]",
            _LINK,
        ),
    ),
    _to_customer(
        name="quote_extended", label=N_("Quote extended"), trigger=DocumentExtended,
        words=(
            N_("Your quote [Quote.number] is now valid until [Quote.valid_until]"),
            N_("We have extended our quote [Quote.number]: it is now valid until [Quote.valid_until]."),
            "[Overview]",
            _LINK,
        ),
    ),
    _to_customer(
        name="quote_accepted", label=N_("Quote accepted"), trigger=DocumentAccepted,
        words=(
            N_("Thank you for accepting the quote [Quote.number]"),
            N_("Thank you for your order! You have accepted our quote [Quote.number]. The order confirmation follows by mail."),
            "[Overview]",
            _LINK,
        ),
    ),
    _kind(
        name="document_withdrawn", label=N_("Document withdrawn"), trigger=DocumentWithdrawn, occasion=_withdrawn,
        words=(
            N_("Withdrawn: [Document.number] from [Company.name]"),
            N_("We have withdrawn the document [Document.number]. Please disregard it; its link opens nothing any more."),
            N_("Reason: [Decision.reason]"),
        ),
    ),
    _to_merchant(
        name="quote_accepted_notice", label=N_("To you: quote accepted"), trigger=DocumentAccepted,
        words=(
            N_("Accepted: quote [Quote.number], [Client.name]"),
            N_("[Decision.name] has accepted the quote [Quote.number] for [Client.name]."),
            "[Overview]",
            "[Link]",
        ),
    ),
    _to_merchant(
        name="quote_declined_notice", label=N_("To you: quote declined"), trigger=DocumentDeclined,
        words=(
            N_("Declined: quote [Quote.number], [Client.name]"),
            N_("[Client.name] has declined the quote [Quote.number]."),
            N_("Reason: [Decision.reason]"),
            "[Decision.text]",
            "[Overview]",
            "[Link]",
        ),
    ),
    _to_merchant(
        name="quote_expired_notice", label=N_("To you: quote expired"), trigger=DocumentExpired,
        words=(
            N_("Expired: quote [Quote.number], [Client.name]"),
            N_("The quote [Quote.number] for [Client.name] expired on [Quote.valid_until] undecided. You can extend it in Kontor."),
            "[Overview]",
            "[Link]",
        ),
    ),
    _to_merchant(
        name="quote_extension_notice", label=N_("To you: more time wanted"), trigger=DocumentExtensionRequested,
        words=(
            N_("More time wanted: quote [Quote.number], [Client.name]"),
            N_("[Client.name] asks you to extend the quote [Quote.number]."),
            "[Decision.text]",
            "[Overview]",
            "[Link]",
        ),
    ),
    _to_merchant(
        name="quote_new_offer_notice", label=N_("To you: new quote wanted"), trigger=DocumentNewOfferRequested,
        words=(
            N_("New quote wanted: [Quote.number], [Client.name]"),
            N_("[Client.name] asks you for a new quote in the place of [Quote.number]."),
            "[Decision.text]",
            "[Overview]",
            "[Link]",
        ),
    ),
)  # fmt: skip
