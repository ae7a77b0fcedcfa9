"""What a document says, in the terms of EN 16931 (the BT and BG numbers in brackets).

The same model is read from CII, UBL and ZUGFeRD, accepted as JSON at the door, rendered as PDF and XML,
and kept as the immutable content of a document. Amounts are decimals in the document's currency; in JSON
they are decimal strings. Dates are business dates in the merchant's zone.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints
from pydantic.config import JsonDict

from kontor.documents.v1.documents_pb2_codes import AcceptanceMethod, DocumentType
from kontor_service.i18n import N_
from kontor_service.units import unit_code
from kontor_service.validation import Number, wrong

# Bounded, because "1E+999999" is a short text and a long number.
DecimalString = Annotated[
    Number,
    Field(max_digits=24),
    PlainSerializer(lambda value: format(value, "f"), return_type=str, when_used="json"),
]
MAX_DISCOUNT_DAYS = 3650


def _plausible(day: date) -> date:
    if not 1900 <= day.year < 2200:
        raise wrong("date_out_of_range", N_("A date between 1900 and 2199 is expected here."))
    return day


def _iso(value: Any) -> Any:
    """Lets only ISO dates through. pydantic would take the number 20261127 for seconds since 1970."""
    if isinstance(value, int | float) or (isinstance(value, str) and not _ISO_DATE.fullmatch(value.strip())):
        raise wrong("date_parsing", N_("A date is expected here, for example 2026-11-27."))
    return value


_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# What can be added to and written in every format.
Day = Annotated[date, BeforeValidator(_iso), AfterValidator(_plausible)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
# What XML 1.0 can carry: no control characters but tab and line breaks.
_PRINTABLE = r"^[^\x00-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]*$"
Text = Annotated[str, StringConstraints(max_length=10_000, pattern=_PRINTABLE)]
Name = Annotated[str, StringConstraints(max_length=1_000, pattern=_PRINTABLE)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Identifier(Part):
    id: Name
    # ISO 6523 or EAS scheme, e.g. 0088, EM
    scheme: Name | None = None


class Address(Part):
    line1: Name = ""
    line2: Name = ""
    line3: Name = ""
    post_code: Name = ""
    city: Name = ""
    subdivision: Name = ""
    # ISO 3166-1 alpha-2
    country: Name = "DE"


class Contact(Part):
    name: Name = ""
    phone: Name = ""
    email: Name = ""


class Party(Part):
    """Seller (BG-4), buyer (BG-7), payee (BG-10), tax representative (BG-11), ship-to (BG-13)."""

    name: Name = ""
    trading_name: Name = ""
    identifiers: list[Identifier] = []
    legal_registration: Identifier | None = None
    vat_id: Name = ""
    tax_number: Name = ""
    legal_info: Text = ""
    electronic_address: Identifier | None = None
    address: Address | None = None
    contact: Contact | None = None


class Period(Part):
    start: Day | None = None
    end: Day | None = None


class AllowanceCharge(Part):
    """BG-20, BG-21 on the document, BG-27, BG-28 on a line. Amounts are positive; `charge` gives the direction."""

    charge: bool = False
    amount: DecimalString
    base_amount: DecimalString | None = None
    percent: DecimalString | None = None
    # UNCL5305: S, Z, E, AE, K, G, O, L, M; on document level only
    tax_category: Name | None = None
    tax_rate: DecimalString | None = None
    reason: Text = ""
    reason_code: Name = ""


class Classification(Part):
    code: Name
    scheme: Name = ""
    version: Name = ""


class Line(Part):
    """BG-25. `net` (BT-131) may be left out at the door; it is then computed.

    Lines below others (BG-DEX-01, BT-X-304) follow their `parent`. Only details count in the totals: a group sums up the
    lines below it, information explains the line above it or stands for itself (BT-X-8).
    """

    id: Name = ""
    parent: Name = ""
    # How deep below others; computed from the parents.
    level: int = Field(default=0, ge=0)
    kind: Literal["detail", "group", "information"] = "detail"
    name: Text
    description: Text = ""
    note: Text = ""
    quantity: DecimalString = Decimal(1)
    # UN/ECE Recommendation 20 and 21: C62, HUR, KGM, LS, …
    unit: Annotated[Name, AfterValidator(unit_code)] = "C62"
    # May be left out where the net is given, as groups do.
    net_price: DecimalString | None = None
    gross_price: DecimalString | None = None
    price_discount: DecimalString | None = None
    price_base_quantity: DecimalString | None = None
    net: DecimalString | None = None
    tax_category: Name = "S"
    tax_rate: DecimalString | None = None
    allowances_charges: list[AllowanceCharge] = []
    period: Period | None = None
    object_id: Identifier | None = None
    order_line: Name = ""
    accounting_reference: Name = ""
    seller_item_id: Name = ""
    buyer_item_id: Name = ""
    standard_item_id: Identifier | None = None
    classifications: list[Classification] = []
    country_of_origin: Name = ""
    attributes: list[tuple[Name, Text]] = []
    # Of quotes only. An optional line, and each line of an alternative, counts where it is selected; of the lines with the
    # same alternative exactly one is.
    optional: bool = False
    selected: bool = False
    # The customer chooses a quantity within these bounds, inclusive.
    quantity_min: DecimalString | None = None
    quantity_max: DecimalString | None = None
    # The title of the group that it is shown and summed up in.
    group: Name = ""
    alternative: Name = ""

    @property
    def counts(self) -> bool:
        return self.kind == "detail" and (self.selected or not (self.optional or self.alternative))


class TaxSubtotal(Part):
    """BG-23."""

    category: Name
    rate: DecimalString | None = None
    taxable_amount: DecimalString
    tax_amount: DecimalString
    exemption_reason: Text = ""
    exemption_code: Name = ""


class TaxExemption(Part):
    """BT-120 and BT-121 for whoever leaves the tax breakdown to be computed, e.g. § 19 UStG with category E."""

    category: Name
    reason: Text = ""
    # VATEX code, e.g. VATEX-EU-132-1I
    code: Name = ""


class Totals(Part):
    """BG-22."""

    line_net: DecimalString
    allowances: DecimalString = Decimal(0)
    charges: DecimalString = Decimal(0)
    net: DecimalString
    tax: DecimalString = Decimal(0)
    tax_in_accounting_currency: DecimalString | None = None
    gross: DecimalString
    prepaid: DecimalString = Decimal(0)
    rounding: DecimalString = Decimal(0)
    due: DecimalString


class CashDiscount(Part):
    """Skonto: paid within `days` of the issue date, `percent` less (of `base_amount`, or of the gross total)."""

    days: int = Field(ge=0, le=MAX_DISCOUNT_DAYS)
    percent: DecimalString
    base_amount: DecimalString | None = None


class Instalment(Part):
    """A part of what is due, to be paid by a day of its own (BT-X-275)."""

    due_date: Day
    amount: DecimalString
    text: Text = ""


class ThirdPartyPayment(Part):
    """BG-DEX-09: what is claimed for others together with this invoice; it adds to the amount due."""

    kind: Name = ""
    amount: DecimalString
    description: Text = ""


class BankAccount(Part):
    iban: Name
    bic: Name = ""
    holder: Name = ""


class PaymentMeans(Part):
    """BG-16. `code` is UNCL4461: 58 SEPA transfer, 59 SEPA debit, 30 transfer, 48 card, 57 standing agreement,
    68 online."""

    code: Name
    text: Text = ""
    account: BankAccount | None = None
    card_number_end: Name = ""
    card_holder: Name = ""
    mandate: Name = ""
    creditor_id: Name = ""
    debited_iban: Name = ""


class Reference(Part):
    """Another document named here, by its number. Kinds: quote, order, order_confirmation, sales_order, delivery_note,
    receiving_advice, invoice, contract, project, tender, object, purchase_order."""

    kind: Name
    number: Name
    issued_on: Day | None = None
    # UNTDID 1153, of an object only (BT-18)
    scheme: Name = ""


class Attachment(Part):
    """BG-24. Bytes are in file storage under `sha256`; or it is only a link."""

    id: Name = ""
    description: Text = ""
    file_name: Name = ""
    media_type: Name = ""
    sha256: Name = ""
    size: int = 0
    url: Name = ""


class Responsible(Part):
    """The person of the seller's who answers for this document, as customers see them."""

    name: Name = ""
    email: Name = ""
    phone: Name = ""
    function: Name = ""
    team: Name = ""
    # Of a member of staff; what a sender says here counts nothing.
    picture_sha256: Name = ""


def _by_email(value: Any) -> Any:
    return {"email": value} if isinstance(value, str) else value


class Shipping(Part):
    carrier: Name = ""
    tracking_number: Name = ""
    tracking_url: Name = ""


class Cashier(Part):
    """Whoever served the customer. Of name and reference the merchant's setting says which is kept where both are given."""

    name: Name = ""
    reference: Name = ""


_EXAMPLE: JsonDict = {
    "type": "invoice", "number": "RE-2026-1042", "external_id": "erp-88231", "customer_number": "20931",
    "issue_date": "2026-11-12", "due_date": "2026-11-26", "currency": "EUR", "language": "de",
    "lines": [
        {"name": "Wartung Heizungsanlage", "quantity": "1", "unit": "LS", "net_price": "189.00", "tax_rate": "19"},
        {"name": "Monteurstunde", "quantity": "2.5", "unit": "HUR", "net_price": "64.00", "tax_rate": "19"},
    ],
    "cash_discounts": [{"days": 7, "percent": "2"}],
}  # fmt: skip


class DocumentData(Part):
    """Everything a document says. `totals`, `tax_breakdown` and line nets may be left out at the door: they are
    computed; what is given must agree with what is computed."""

    # `register` is a name of Python's own on a class.
    model_config = ConfigDict(
        json_schema_extra={"examples": [_EXAMPLE]},
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )

    type: DocumentType = DocumentType.INVOICE
    # UNCL1001 of an invoice or credit note: 380, 381, 384, 326, 389, …
    type_code: Name = ""
    number: Name = ""
    # The sender's own key for this document; the number where it has none.
    external_id: Name = ""
    # The merchant's number of the customer; the only thing a customer is matched by.
    customer_number: Name = ""
    title: Name = ""
    issue_date: Day
    due_date: Day | None = None
    # Of a quote: until the end of this day in the merchant's zone.
    valid_until: Day | None = None
    # What accepting a quote takes; the merchant's usual where it is left out.
    acceptance: list[AcceptanceMethod] = Field(default=[], max_length=4)
    # Percent of the gross total, where a deposit is asked for.
    deposit_percent: DecimalString | None = Field(default=None, gt=0, le=100)
    # A member of staff by e-mail address, or anybody with what customers are to read.
    responsible: Annotated[
        Responsible | None, BeforeValidator(_by_email, json_schema_input_type=Responsible | str | None)
    ] = None
    delivery_date: Day | None = None
    billing_period: Period | None = None
    tax_point_date: Day | None = None
    # UNTDID 2475, instead of the date (BT-8): 5 issue, 29 delivery, 72 payment
    tax_point_code: Name = ""
    currency: Currency = "EUR"
    tax_currency: Currency | None = None
    buyer_reference: Name = ""
    accounting_reference: Name = ""
    business_process: Name = ""
    specification: Name = ""
    seller: Party = Party()
    buyer: Party = Party()
    payee: Party | None = None
    tax_representative: Party | None = None
    ship_to: Party | None = None
    references: list[Reference] = []
    # Free text above the lines and below the totals of a rendered document.
    introduction: Text = ""
    closing: Text = ""
    # BG-1 (subject code, text)
    notes: list[tuple[Name, Text]] = []
    lines: list[Line] = Field(default=[], max_length=10_000)
    allowances_charges: list[AllowanceCharge] = []
    tax_breakdown: list[TaxSubtotal] = []
    tax_exemptions: list[TaxExemption] = []
    totals: Totals | None = None
    # BT-113 and BT-114 for whoever leaves the totals to be computed; with totals given, those count.
    prepaid: DecimalString | None = None
    rounding: DecimalString | None = None
    payment_terms: Text = ""
    cash_discounts: list[CashDiscount] = []
    instalments: list[Instalment] = []
    third_party_payments: list[ThirdPartyPayment] = []
    payment_reference: Name = ""
    payment_means: list[PaymentMeans] = []
    attachments: list[Attachment] = []
    shipping: Shipping | None = None
    # Of receipts: who took the money, and at which register.
    cashier: Cashier | None = None
    register_name: Name = Field(default="", alias="register")
    language: Literal["de", "en"] = "de"


def serialize(data: DocumentData) -> bytes:
    """The immutable content that a document is known by: the same data is the same bytes."""
    return data.model_dump_json(exclude_none=True).encode()
