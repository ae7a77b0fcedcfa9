"""What is kept of an acceptance: who accepted what, when, from where, after reading what, and how it was signed.

It is written once, with the acceptance, and never changed. The evidence page (rendering/evidence.py) shows all of it.
"""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from kontor_documents.content.model import DecimalString
from kontor_documents.quotes.signature import Signature


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class EvidenceLine(_Part):
    """One line as it was chosen or left out; `net` is its amount (BT-131)."""

    id: str = ""
    group: str = ""
    name: str
    quantity: DecimalString
    # UN/ECE Recommendation 20
    unit: str = "C62"
    net: DecimalString | None = None


class EvidenceTax(_Part):
    """The VAT of one rate, in per cent (BG-23)."""

    rate: DecimalString
    taxable: DecimalString
    tax: DecimalString


class ShownConsent(_Part):
    """A text that the customer agreed to: the version of the standing document, and its hash."""

    id: str
    title: str
    # The sentence that was ticked, as it was shown.
    statement: str
    # SHA-256 of the file or text that the title led to.
    sha256: str = ""


class Evidence(_Part):
    """One acceptance. Amounts are decimals of `currency`; `accepted_at` is UTC, `time_zone` the merchant's."""

    document_id: str
    number: str
    title: str = ""
    revision: int
    # Of the content as accepted, and of the PDF that the customer could open.
    content_sha256: str
    pdf_sha256: str = ""
    issued_on: date | None = None
    accepted_at: AwareDatetime
    time_zone: str
    customer_number: str = ""
    customer_name: str = ""
    # As the customer wrote it.
    name: str
    function: str = ""
    # How they came in: a log-in, a code mailed to them, a contact person's link, or the document's own link.
    access: Literal["account", "code", "contact", "link", "unknown"] = "unknown"
    # Their e-mail address, else the contact person's name, or the link's id.
    actor: str = ""
    ip: str = ""
    user_agent: str = ""
    language: str = "de"
    # click, signature, payment, deposit
    acceptance: list[str] = []
    currency: str = "EUR"
    chosen: list[EvidenceLine] = []
    left_out: list[EvidenceLine] = []
    net: DecimalString
    # Of all rates; `taxes` says how much of each, empty where the quote does not say its rates.
    tax: DecimalString
    taxes: list[EvidenceTax] = []
    gross: DecimalString
    # What was to be paid with the acceptance; None where nothing was asked for.
    asked: DecimalString | None = None
    consents: list[ShownConsent] = []
    # The words of the button, and what stood directly above it.
    button: str = ""
    information: list[str] = []
    # Never in logs or on the bus.
    signature: Signature | None = None


def serialized(evidence: Evidence) -> bytes:
    """The bytes whose SHA-256 is the hash of the evidence: the same evidence is the same bytes."""
    return evidence.model_dump_json().encode()
