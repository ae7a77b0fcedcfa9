"""Once a year merchants are reminded to look through their texts and additional documents (A6)."""

from collections.abc import Sequence

from kontor.identity.v1.identity_pb2 import Customer, Merchant, StaffMember
from kontor_notifications.kind import MailKind
from kontor_notifications.mails.links import StaffLink
from kontor_notifications.mails.recipients import Recipient, members_or_contact
from kontor_notifications.placeholders.people import link
from kontor_service.i18n import N_

REVIEW = "texts_review"


def _owners(event: Sequence[StaffMember], _customer: Customer, merchant: Merchant) -> list[Recipient]:
    return members_or_contact(event, merchant)


KINDS = (
    MailKind(
        name=REVIEW,
        label=N_("To you: review your texts"),
        occasion=lambda _event: None,
        recipients=_owners,
        links=StaffLink("/einstellungen/zusatzdokumente"),
        own_placeholders=(link(N_("Open in Kontor")),),
        words=(
            N_("Are your texts and additional documents still right?"),
            N_(
                "Your mail texts, terms and other additional documents have not been reviewed for a year. Please look"
                " through them in Kontor under Settings and mark them as reviewed there."
            ),
            "[Link]",
        ),
    ),
)
