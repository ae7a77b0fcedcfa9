"""A quote that a customer's person forwarded to a colleague who may accept it."""

from kontor.documents.v1.documents_pb2 import DocumentForwarded
from kontor.identity.v1.identity_pb2 import Customer, Merchant
from kontor_notifications.kind import MailKind, Occasion
from kontor_notifications.mails.recipients import Recipient, is_address, recipient_of
from kontor_notifications.placeholders.documents import OVERVIEW, document_fields
from kontor_service.i18n import N_


def _occasion(event: DocumentForwarded) -> Occasion:
    document = event.document
    return Occasion(
        customer_id=document.customer_id, document_ids=[document.id], document_number=document.number
    )  # fmt: skip


def _colleague(event: DocumentForwarded, customer: Customer, merchant: Merchant) -> list[Recipient]:
    person = next((one for one in customer.contacts if one.id == event.contact_id), None)
    if person is None or person.access == "revoked" or not is_address(person.email):
        return []
    return [recipient_of(person.email, customer, merchant)]


KINDS = (
    MailKind(
        name="quote_forwarded",
        label=N_("Quote forwarded to a colleague"),
        trigger=DocumentForwarded,
        occasion=_occasion,
        recipients=_colleague,
        document_type="quote",
        documents=1,
        own_placeholders=(*document_fields("Quote", "Offer", "Angebot"), OVERVIEW),
        words=(
            N_("Please decide: quote [Quote.number] from [Company.name]"),
            N_("A colleague has forwarded this quote to you because you may accept or decline it."),
            "[Overview]",
            "[PORTAL][Document.customerportal_url]",
            N_("The link opens the document without logging in. Please keep it to yourself.[/PORTAL]"),
        ),
    ),
)
