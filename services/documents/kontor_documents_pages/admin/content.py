"""A document's lines, parties and sums as it says them, from its immutable content. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kontor_edge.content import ContentSource
from kontor_edge.copy import Applied
from kontor_service.money import from_minor, to_minor


@dataclass(frozen=True)
class Line:
    name: str
    details: tuple[str, ...]
    quantity: str
    unit: str
    price_minor: int | None
    price: str
    net_minor: int


@dataclass(frozen=True)
class Content:
    """What the page shows. Amounts are minor units of `currency`; a unit price with more decimals stays text."""

    currency: str
    seller: dict[str, Any]
    buyer: dict[str, Any]
    ship_to: dict[str, Any] | None
    introduction: str
    closing: str
    notes: tuple[str, ...]
    lines: tuple[Line, ...]
    # (label code, rate or reason, minor)
    adjustments: tuple[tuple[bool, str, int], ...]
    taxes: tuple[tuple[str, str, int, int], ...]
    net_minor: int
    gross_minor: int
    prepaid_minor: int
    rounding_minor: int
    due_minor: int
    terms: str
    account: dict[str, Any] | None
    delivery: str
    period: tuple[str | None, str | None] | None


def content(data: dict[str, Any]) -> Content:
    """Pure: DocumentData with computed totals → what the page shows."""
    currency = data["currency"]

    def minor(value: str | None) -> int:
        return to_minor(Decimal(value or "0"), currency)

    totals = data.get("totals") or {}
    period = data.get("billing_period")
    means = next((m for m in data.get("payment_means", ()) if m.get("account")), None)
    return Content(
        currency=currency,
        seller=data["seller"],
        buyer=data["buyer"],
        ship_to=data.get("ship_to"),
        introduction=data.get("introduction", ""),
        closing=data.get("closing", ""),
        notes=tuple(text for _code, text in data.get("notes", ())),
        lines=tuple(_line(line, currency) for line in data.get("lines", ())),
        adjustments=tuple(
            (a["charge"], a.get("reason", ""), minor(a["amount"])) for a in data.get("allowances_charges", ())
        ),
        taxes=tuple(
            (t["category"], t.get("rate") or "", minor(t["taxable_amount"]), minor(t["tax_amount"]))
            for t in data.get("tax_breakdown", ())
        ),
        net_minor=minor(totals.get("net")),
        gross_minor=minor(totals.get("gross")),
        prepaid_minor=minor(totals.get("prepaid")),
        rounding_minor=minor(totals.get("rounding")),
        due_minor=minor(totals.get("due")),
        terms=data.get("payment_terms", ""),
        account=means["account"] if means else None,
        delivery=data.get("delivery_date") or "",
        period=(period.get("start"), period.get("end")) if period else None,
    )


def _line(line: dict[str, Any], currency: str) -> Line:
    price = Decimal(line["net_price"])
    exact = to_minor(price, currency)
    details = [line.get("description", ""), line.get("note", "")]
    details += [f"{name}: {value}" for name, value in line.get("attributes", ())]
    details += [line["seller_item_id"]] if line.get("seller_item_id") else []
    for change in line.get("allowances_charges", ()):
        sign = "+" if change["charge"] else "−"
        details.append(f"{change.get('reason', '')} {sign}{change['amount']} {currency}".strip())
    is_exact = from_minor(exact, currency) == price
    base = line.get("price_base_quantity")
    return Line(
        name=line["name"],
        details=tuple(part for part in details if part),
        quantity=line["quantity"],
        unit=line["unit"],
        price_minor=exact if is_exact and base in (None, "1") else None,
        price=f"{line['net_price']} {currency}" + (f" / {base}" if base not in (None, "1") else ""),
        net_minor=to_minor(Decimal(line.get("net") or "0"), currency),
    )


def address_lines(party: dict[str, Any]) -> list[str]:
    """A party as it stands in an address field."""
    address = party.get("address") or {}
    contact = (party.get("contact") or {}).get("name", "")
    place = f"{address.get('post_code', '')} {address.get('city', '')}".strip()
    country = address.get("country", "")
    lines = [
        party.get("name", ""),
        contact,
        address.get("line1", ""),
        address.get("line2", ""),
        address.get("line3", ""),
        place,
    ]
    return list(dict.fromkeys(line for line in lines if line)) + ([country] if country not in ("", "DE") else [])


def _wanted(applied: Applied) -> Iterator[tuple[str, str]]:
    for d in applied.states.get("document", ()):
        if d.content_sha256 and not d.deleted:
            yield d.merchant_id, d.content_sha256


# Kept for the pages of all documents, so that they have their lines also while documents is away.
CONTENT = ContentSource(
    "documents",
    _wanted,
    topic="document",
    users="SELECT id FROM live.document WHERE merchant_id = $1 AND content_sha256 = $2 AND NOT deleted",
)
