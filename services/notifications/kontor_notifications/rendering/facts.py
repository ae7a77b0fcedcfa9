"""What a mail is about: the copies' state, the recipient, and the links fetched for this one sending."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kontor.documents.v1.documents_pb2 import Document
from kontor.identity.v1.identity_pb2 import Customer, Merchant
from kontor.payments.v1.payments_pb2 import Receivable
from kontor_service.i18n import Language


@dataclass(frozen=True)
class DocumentFacts:
    state: Document
    # Where its money stands now; None where it asks for none, or payments has not said yet.
    receivable: Receivable | None = None


@dataclass(frozen=True)
class Secrets:
    """Fetched from identity when the mail is sent, and never stored."""

    # By document id.
    documents: dict[str, str] = field(default_factory=dict)
    customer: str = ""
    link: str = ""
    code: str = ""

    def covered(self, door: str) -> "Secrets":
        """For others than the recipient: every link leads to `door`."""
        return Secrets(
            documents=dict.fromkeys(self.documents, door), customer=self.customer and door, link=self.link and door,
            code=self.code and "••• •••",
        )  # fmt: skip


@dataclass(frozen=True)
class Facts:
    language: Language
    merchant: Merchant
    recipient: str
    name: str = ""
    customer: Customer = field(default_factory=Customer)
    documents: tuple[DocumentFacts, ...] = ()
    # What else the mail's kind knows: the payment, the meters, the reading.
    data: Any = None
    # Whether the portal is on for this customer: otherwise there is nothing to link to.
    portal: bool = True
    # The portal's address, where people log in.
    portal_url: str = ""
    # Names of the files that go with it.
    attachments: tuple[str, ...] = ()
    expires_at: datetime | None = None
    secrets: Secrets = field(default_factory=Secrets)

    @property
    def document(self) -> DocumentFacts:
        """The document of a mail about one."""
        return self.documents[0] if self.documents else DocumentFacts(Document())

    @property
    def zone(self) -> str:
        return self.merchant.time_zone or "UTC"


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
