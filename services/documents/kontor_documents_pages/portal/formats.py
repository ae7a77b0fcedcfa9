"""Formats that only documents need; added to the templates' globals."""

import re
from functools import partial
from typing import Any

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor.payments.v1.payments_pb2_codes import ReceivableState
from kontor_documents_pages.content import unit_price
from kontor_service import vocabulary

# XRechnung writes discounts for programs into the payment terms: #SKONTO#TAGE=7#PROZENT=2.00#
_SKONTO_LINE = re.compile(r"^\s*#SKONTO#.*$\n?", re.MULTILINE)


def without_skonto(text: str) -> str:
    return _SKONTO_LINE.sub("", text).strip()


GLOBALS: dict[str, Any] = {
    "document_type": partial(vocabulary.word, DocumentType),
    "document_types": partial(vocabulary.plural, DocumentType),
    "payment_status": partial(vocabulary.state, ReceivableState),
    "unit_price": unit_price,
    "without_skonto": without_skonto,
}
