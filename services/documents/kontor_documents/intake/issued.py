"""What a document that Kontor issues should say besides what the rules of EN 16931 ask. Pure.

What cannot be right is a blocker at its field; what only should be there is a warning, which staff see before it goes out.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_documents.content.model import DocumentData, Party
from kontor_documents.einvoice.findings import Finding
from kontor_service.formats import countries
from kontor_service.i18n import N_

_FAR = timedelta(days=366)
_PREPAYMENT = "386"
_PARTIES = ("seller", "buyer", "payee", "tax_representative", "ship_to")
_BILLS = frozenset({DocumentType.INVOICE, DocumentType.CREDIT_NOTE})


def check_issued(data: DocumentData, today: date) -> list[Finding]:
    """Checks a document's content after the data of merchant and customer were filled in. `today` is the merchant's date."""
    found = [*_dates(data, today), *_prices(data), *_countries(data)]
    if data.type in _BILLS:
        found += _bill(data)
    return found


_COUNTRY = N_("%(country)s is no country. A country is its code of two letters, for example DE.")


def _dates(data: DocumentData, today: date) -> Iterator[Finding]:
    if data.issue_date > today + _FAR:
        yield _wrong("issue_date", N_("This date is more than a year away."))
    if data.due_date and data.due_date < data.issue_date:
        yield _wrong("due_date", N_("It cannot be due before it is issued."))


def _prices(data: DocumentData) -> Iterator[Finding]:
    for index, line in enumerate(data.lines):
        if line.gross_price is None or line.net_price is None:
            continue
        if line.gross_price - (line.price_discount or 0) != line.net_price:
            yield _wrong(f"lines[{index}].gross_price", N_("Gross price less discount is not the net price."))


def _countries(data: DocumentData) -> Iterator[Finding]:
    for name in _PARTIES:
        party: Party | None = getattr(data, name)
        if party and party.address and not party.address.country:
            yield _wrong(f"{name}.address.country", N_("The country is missing."))
        elif party and party.address and party.address.country not in countries():
            yield _wrong(f"{name}.address.country", _COUNTRY, country=party.address.country)


def _bill(data: DocumentData) -> Iterator[Finding]:
    """§ 14 (4) UStG, nos. 1 and 6."""
    dated = data.delivery_date or data.billing_period or any(line.period for line in data.lines)
    if not dated and data.type_code != _PREPAYMENT:
        message = N_("It does not say when it was supplied: a delivery date or a billing period (§ 14 (4) no. 6 UStG).")
        yield Finding("no_supply_date", "delivery_date", message)
    address = data.buyer.address
    if not address or not (address.city and (address.line1 or address.post_code)):
        message = N_("The customer's address is missing (§ 14 (4) no. 1 UStG).")
        yield Finding("no_buyer_address", "buyer.address", message)


def _wrong(field: str, message: str, **params: str) -> Finding:
    return Finding("not_plausible", field, message, params, "blocker")
