"""What a document says (DocumentData, EN 16931) as rows for people of either edge. Pure: content in, labels and amounts out.

What a document does not say may be missing in its content.

Amounts stay decimal strings or minor units here; the templates format them in the reader's language.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kontor.documents.v1.documents_pb2_codes import DocumentType, InvoiceKind, ReferenceKind
from kontor_service.formats import day, locale_of, money, number, percent
from kontor_service.i18n import gettext as _
from kontor_service.i18n import reader
from kontor_service.money import digits, to_minor
from kontor_service.units import unit
from kontor_service.vocabulary import word

_PAGE = re.compile("https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sum:
    """One line under the items: `weight` is sub, part, total or due."""

    label: str
    minor: int
    weight: str = "part"


@dataclass(frozen=True, slots=True)
class Row:
    """One invoiced line, `level` deep below others. What does not count in the sum explains a line that does."""

    level: int
    counts: bool
    name: str
    details: list[str]
    quantity: str
    unit: str
    price: str
    base: str
    net: int | None
    extras: list[tuple[str, int]]


def rows(content: dict[str, Any]) -> list[Row]:
    currency = content["currency"]
    several_rates = len({line.get("tax_rate") for line in content.get("lines") or ()}) > 1
    return [
        Row(
            level=min(line.get("level") or 0, 3),
            counts=line.get("kind", "detail") == "detail",
            name=line["name"],
            details=_details(line) + ([_rate(line)] if several_rates and line.get("tax_rate") else []),
            quantity=line.get("quantity") or "1",
            unit=unit(line.get("unit") or "", line.get("quantity") or "1"),
            price=line.get("net_price") or "",
            base=_base(line),
            net=to_minor(Decimal(line["net"]), currency) if line.get("net") else None,
            extras=[_extra(extra, currency) for extra in line.get("allowances_charges") or ()],
        )
        for line in content.get("lines") or ()
    ]


def choice(line: Mapping[str, Any]) -> str:
    """Whether a line of a quote is there to be chosen, and was proposed; empty for a fixed part of it."""
    if line.get("alternative"):
        name = _("one of several, chosen at first") if line.get("selected") else _("one of several")
        return f"{line['alternative']}: {name}"
    if line.get("optional"):
        return _("optional, ticked at first") if line.get("selected") else _("optional, not ticked")
    return ""


def sums(content: dict[str, Any]) -> list[Sum]:
    """From the lines to what is due, as EN 16931 adds it up (BG-22, BG-23)."""
    totals = content.get("totals")
    if not totals:
        return []
    currency = content["currency"]

    def minor(name: str) -> int:
        return to_minor(Decimal(totals.get(name) or "0"), currency)

    found: list[Sum] = []
    extras = [_extra(extra, currency) for extra in content.get("allowances_charges") or ()]
    if extras:
        found.append(Sum(_("Sum of lines"), minor("line_net"), "sub"))
        found += [Sum(label, amount) for label, amount in extras]
    found.append(Sum(_("Net amount"), minor("net"), "sub"))
    found += [
        Sum(
            tax_label(tax, to_minor(Decimal(tax["taxable_amount"]), currency), currency),
            to_minor(Decimal(tax["tax_amount"]), currency),
        )
        for tax in content.get("tax_breakdown") or ()
    ]
    found.append(Sum(_("Total amount"), minor("gross"), "total"))
    if minor("prepaid"):
        found.append(Sum(_("Already paid in advance"), -minor("prepaid")))
    if minor("rounding"):
        found.append(Sum(_("Rounding"), minor("rounding")))
    found += [
        Sum(
            payment.get("description") or payment.get("kind") or _("Claimed for others"),
            to_minor(Decimal(payment["amount"]), currency),
        )
        for payment in content.get("third_party_payments") or ()
    ]
    if minor("due") != minor("gross"):
        found.append(Sum(_("Amount due"), minor("due"), "due"))
    return found


def unit_price(amount: str, currency: str) -> str:
    """Money; with more decimals than the currency has where the price has them (BT-146 may)."""
    value = Decimal(amount)
    language = reader().language
    places = -int(value.normalize().as_tuple().exponent)
    if places <= digits(currency):
        return money(to_minor(value, currency), currency, language)
    sign = money(0, currency, language).strip("0,. \u00a0") or currency
    return f"{number(value, language)}\u00a0{sign}"


def tax_label(tax: Mapping[str, Any], base_minor: int, currency: str) -> str:
    """19 % VAT on what, also where the rate is zero (Z); or why there is none."""
    rate = Decimal(tax.get("rate") or "0")
    if rate or tax.get("category") == "Z":
        base = money(base_minor, currency, reader().language)
        return _("%(rate)s VAT on %(base)s", rate=_percent(rate), base=base)
    return tax.get("exemption_reason") or _("without VAT")


def chosen_taxes(selection: Mapping[str, Any], currency: str) -> list[tuple[str, int]]:
    """The VAT of what is chosen of a quote, one sum per rate in minor units; `selection` as the contract has it."""
    return [
        (tax_label(tax, int(tax["taxable_minor"]), currency), int(tax["tax_minor"]))
        for tax in selection.get("taxes") or ()
    ]


def chosen_sums(selection: Mapping[str, Any], currency: str) -> list[tuple[str, str]]:
    """From the net amount of what is chosen to its total, and what is to be paid with the acceptance, as people read it."""
    asked = int(selection["asked_minor"])
    found = [
        (_("Net amount"), int(selection["net_minor"])),
        *chosen_taxes(selection, currency),
        (_("Total amount"), int(selection["gross_minor"])),
        *([(_("to be paid with the acceptance"), asked)] if asked else []),
    ]
    return [(label, money(minor, currency, reader().language)) for label, minor in found]


def exemptions(content: dict[str, Any]) -> list[str]:
    """Reasons for tax exemption, once each."""
    taxes = content.get("tax_breakdown") or ()
    return list(dict.fromkeys(tax["exemption_reason"] for tax in taxes if tax.get("exemption_reason")))


def party_lines(party: dict[str, Any] | None) -> list[str]:
    """Name and address as on an envelope."""
    if not party:
        return []
    address = party.get("address") or {}
    contact = party.get("contact") or {}
    town = " ".join(part for part in (address.get("post_code"), address.get("city")) if part)
    country = address.get("country") or ""
    parts: Iterable[str | None] = (
        party.get("name"), contact.get("name"), address.get("line1"), address.get("line2"), address.get("line3"), town,
        locale_of(reader().language).territories.get(country, country) if country != "DE" else "",
    )  # fmt: skip
    # A contact that is the firm's own name says nothing new.
    return list(dict.fromkeys(part for part in parts if part))


def supplied(content: dict[str, Any]) -> list[tuple[str, str]]:
    """When and where something was supplied, and who else is named: only what the document says."""
    language = reader().language
    parties = [
        (_("Delivery address"), content.get("ship_to")),
        (_("Payee"), content.get("payee")),
        (_("Tax representative"), content.get("tax_representative")),
    ]
    return [
        (_("Delivery date"), day(content["delivery_date"], language) if content.get("delivery_date") else ""),
        (_("Period"), _period(content.get("billing_period") or {})),
        (_("Your reference"), content.get("buyer_reference") or ""),
        (_("Served by"), _cashier_name(content.get("cashier") or {})),
        (_("Cash register"), content.get("register") or ""),
        *((label, ", ".join(party_lines(party))) for label, party in parties),
        *_tax_elsewhere(content),
    ]


def _cashier_name(cashier: dict[str, Any]) -> str:
    """The name, or the reference where no name is stored: documents stores only what the merchant's setting allows to show."""
    return str(cashier.get("name") or cashier.get("reference") or "")


def _period(period: dict[str, Any]) -> str:
    first, last = (day(period[end], reader().language) if period.get(end) else "" for end in ("start", "end"))
    if first and last:
        return first if first == last else f"{first} – {last}"
    return _("from %(day)s", day=first) if first else _("until %(day)s", day=last) if last else ""


def _tax_elsewhere(content: dict[str, Any]) -> list[tuple[str, str]]:
    """The tax in the currency that it is accounted in (BT-111)."""
    amount, currency = (content.get("totals") or {}).get("tax_in_accounting_currency"), content.get("tax_currency")
    if not amount or not currency:
        return []
    shown = money(to_minor(Decimal(amount), currency), currency, reader().language)
    return [(_("VAT in %(currency)s", currency=currency), shown)]


def instalments(content: dict[str, Any]) -> list[tuple[str, str]]:
    """The parts that are to be paid by days of their own."""
    language, currency = reader().language, content["currency"]
    return [
        (
            _("Instalment by %(day)s", day=day(part["due_date"], language)),
            money(to_minor(Decimal(part["amount"]), currency), currency, language),
        )
        for part in content.get("instalments") or ()
    ]


def links(content: dict[str, Any] | None) -> list[tuple[str, str]]:
    """Documents that are only linked (BT-124): what they are called, and where they are; no address that is no page's."""
    attachments = [one for one in (content or {}).get("attachments") or () if one.get("url")]
    return [
        (one.get("description") or one.get("file_name") or one["url"], one["url"] if _PAGE.match(one["url"]) else "")
        for one in attachments
    ]


def party_ids(party: dict[str, Any] | None) -> list[tuple[str, str]]:
    """The numbers that a party is known by, and how it is reached."""
    if not party:
        return []
    registration = (party.get("legal_registration") or {}).get("id", "")
    contact = party.get("contact") or {}
    pairs = (
        (_("VAT ID"), party.get("vat_id")),
        (_("Tax number"), party.get("tax_number")),
        (_("Register entry"), registration),
        (_("Phone"), contact.get("phone")),
        (_("E-mail"), contact.get("email")),
    )
    return [(label, value) for label, value in pairs if value]


def document_name(document: Mapping[str, Any]) -> str:
    """What it is called: Rechnung, Abschlagsrechnung, Gutschrift, …"""
    kind = document.get("kind")
    return word(InvoiceKind, kind) if kind else word(DocumentType, document["type"])


def reference_label(kind: str) -> str:
    return word(ReferenceKind, kind) if ReferenceKind.known(kind) else _("Reference")


def _details(line: dict[str, Any]) -> list[str]:
    period = line.get("period") or {}
    parts = [line.get("description"), line.get("note")]
    if period.get("start") or period.get("end"):
        days = {end: day(period[end], reader().language) if period.get(end) else "…" for end in ("start", "end")}
        parts.append(_("Period: %(start)s to %(end)s", **days))
    if line.get("seller_item_id"):
        parts.append(_("Item no. %(number)s", number=line["seller_item_id"]))
    parts += [f"{name}: {value}" for name, value in line.get("attributes") or ()]
    return [part for part in parts if part]


def _rate(line: dict[str, Any]) -> str:
    return _("%(rate)s VAT", rate=_percent(Decimal(line["tax_rate"])))


def _base(line: dict[str, Any]) -> str:
    """ "per 100" where the price is for more than one."""
    base = line.get("price_base_quantity")
    return base if base and Decimal(base) != 1 else ""


def _extra(extra: dict[str, Any], currency: str) -> tuple[str, int]:
    sign = 1 if extra.get("charge") else -1
    label = extra.get("reason") or (_("Charge") if extra.get("charge") else _("Discount"))
    if extra.get("percent"):
        label = f"{label} ({_percent(Decimal(extra['percent']))})"
    return label, sign * to_minor(Decimal(extra["amount"]), currency)


def _percent(value: Decimal) -> str:
    return percent(value, reader().language)
