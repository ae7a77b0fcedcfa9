"""What a mail is about: the copies' state, the recipient, and the links fetched for this one sending."""

from dataclasses import dataclass, field
from datetime import datetime

from kontor.documents.v1.documents_pb2 import Document
from kontor.identity.v1.identity_pb2 import Customer, Merchant
from kontor.meters.v1.meters_pb2 import ReadingInvitation
from kontor_notifications.words import Language


@dataclass(frozen=True)
class Payment:
    """One payment as its event told it. Amounts are minor units of `currency`."""

    amount_minor: int
    currency: str
    method: str = ""
    expected_on: str = ""
    failure: str = ""
    open_minor: int = 0


@dataclass(frozen=True)
class Reading:
    """One meter reading as its event told it: `value` as on the meter's face, `taken_at` an ISO 8601 instant."""

    meter_number: str
    value: str
    taken_at: str
    # Staff's words.
    reason: str = ""


@dataclass(frozen=True)
class DocumentFacts:
    state: Document
    # What its receivable says is open now; None where there is none.
    open_minor: int | None = None


@dataclass(frozen=True)
class Secrets:
    """Fetched from identity when the mail is sent; kept nowhere."""

    # By document id.
    documents: dict[str, str] = field(default_factory=dict)
    customer: str = ""
    link: str = ""
    code: str = ""


@dataclass(frozen=True)
class Facts:
    kind: str
    language: Language
    merchant: Merchant
    recipient: str
    name: str = ""
    customer: Customer = field(default_factory=Customer)
    documents: tuple[DocumentFacts, ...] = ()
    payment: Payment | None = None
    reading_invitation: ReadingInvitation | None = None
    reading: Reading | None = None
    # Whether the portal is on for this customer: otherwise there is nothing to link to.
    portal: bool = True
    # Names of the files that go with it.
    attachments: tuple[str, ...] = ()
    expires_at: datetime | None = None


def portal_is_on(merchant: Merchant, customer: Customer) -> bool:
    """The merchant's switch first, then the customer's, which may leave it to the merchant's default."""
    if not merchant.portal_enabled:
        return False
    if customer.portal_access in ("on", "off"):
        return customer.portal_access == "on"
    return merchant.portal_access_default


def attaches_files(merchant: Merchant, customer: Customer, *, portal: bool) -> bool:
    """Whether the mail carries the documents' files (A5). Without the portal they are all there is."""
    if not portal:
        return True
    if customer.mail_mode in ("link", "link_and_files"):
        return customer.mail_mode == "link_and_files"
    return merchant.mail_attaches_files
