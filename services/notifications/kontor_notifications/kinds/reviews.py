"""Once a year merchants are reminded to look through their texts and additional documents (A6)."""

from collections.abc import Sequence

from kontor.identity.v1.identity_pb2 import Customer, Merchant, StaffMember
from kontor_notifications.kind import MailKind
from kontor_notifications.mails.recipients import Recipient, is_address
from kontor_service.i18n import N_, language_of

REVIEW = "texts_review"


def _owners(event: Sequence[StaffMember], _customer: Customer, merchant: Merchant) -> list[Recipient]:
    """The merchant's owners; where none has an address, its contact address."""
    language, address = language_of(merchant.language), merchant.contact_email
    found = [Recipient(one.email, language, one.name) for one in event if is_address(one.email)]
    return found or ([Recipient(address, language)] if is_address(address) else [])


KINDS = (
    MailKind(
        name=REVIEW,
        label=N_("To you: review your texts"),
        occasion=lambda _event: None,
        recipients=_owners,
        words=(
            N_("Are your texts and additional documents still right?"),
            N_(
                "Your mail texts, terms and other additional documents have not been reviewed for a year. Please look"
                " through them in Kontor under Settings and mark them as reviewed there."
            ),
        ),
    ),
)
