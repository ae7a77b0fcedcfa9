"""Formats that only documents need; added to the templates' globals."""

import re
from decimal import Decimal
from functools import partial
from typing import Any

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor.payments.v1.payments_pb2_codes import ReceivableState
from kontor_service import vocabulary
from kontor_service.formats import money, number
from kontor_service.i18n import reader
from kontor_service.money import digits, to_minor

# XRechnung writes discounts for programs into the payment terms: #SKONTO#TAGE=7#PROZENT=2.00#
_SKONTO_LINE = re.compile(r"^\s*#SKONTO#.*$\n?", re.MULTILINE)


def unit_price(amount: str, currency: str) -> str:
    """Money; with more decimals than the currency has where the price has them (BT-146 may)."""
    value = Decimal(amount)
    language = reader().language
    places = -int(value.normalize().as_tuple().exponent)
    if places <= digits(currency):
        return money(to_minor(value, currency), currency, language)
    sign = money(0, currency, language).strip("0,. \u00a0") or currency
    return f"{number(value, language)}\u00a0{sign}"


def without_skonto(text: str) -> str:
    return _SKONTO_LINE.sub("", text).strip()


GLOBALS: dict[str, Any] = {
    "document_type": partial(vocabulary.word, DocumentType),
    "document_types": partial(vocabulary.plural, DocumentType),
    "payment_status": partial(vocabulary.state, ReceivableState),
    "unit_price": unit_price,
    "without_skonto": without_skonto,
}
