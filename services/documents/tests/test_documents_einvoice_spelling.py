"""The same invoice as programs write it differently: the same document comes of it."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from lxml import etree

from kontor_documents.content.model import Address, DocumentData, Identifier, Line, Party
from kontor_documents.einvoice.totals import complete
from kontor_documents.einvoice.write import write_cii, write_ubl
from kontor_documents.intake.parse import parse

PARTY = Party(name="Müller & Söhne", identifiers=[Identifier(id="K-1")], address=Address(line1="Weg 1", city="Bonn"))
DATA = complete(
    DocumentData(
        number="RE-1", issue_date=date(2026, 11, 20), due_date=date(2026, 12, 4), seller=PARTY, buyer=PARTY,
        payment_terms="Zahlbar bis 4. Dezember",
        lines=[Line(name="Wartung", net_price=Decimal("10.5"), quantity=Decimal(3), tax_rate=Decimal(19))],
    )
)  # fmt: skip
INVOICES = {
    "cii": write_cii(DATA),
    "ubl": write_ubl(DATA),
    "credit note": write_ubl(DATA.model_copy(update={"type_code": "381"})),
}


def encoded(encoding: str) -> Callable[[bytes], bytes]:
    return lambda xml: etree.tostring(etree.fromstring(xml), encoding=encoding, xml_declaration=True)


def prefixed(xml: bytes) -> bytes:
    """With other prefixes, all of them declared at the root."""
    names = {
        uri: f"n{number}" for number, uri in enumerate(sorted({_uri(one) for one in etree.fromstring(xml).iter()}))
    }
    return _rebuilt(xml, lambda _: {prefix: uri for uri, prefix in names.items()})


def without_prefixes(xml: bytes) -> bytes:
    """Each element declares its own namespace."""
    return _rebuilt(xml, lambda element: {None: _uri(element)})


def _uri(element: etree._Element) -> str:
    return str(etree.QName(element).namespace)


def _rebuilt(xml: bytes, nsmap: Callable[[etree._Element], dict[str | None, str]]) -> bytes:
    def copied(element: etree._Element) -> etree._Element:
        made = etree.Element(element.tag, dict(element.attrib), nsmap=nsmap(element))
        made.text, made.tail = element.text, element.tail
        made.extend([copied(child) for child in element])
        return made

    return etree.tostring(copied(etree.fromstring(xml)), encoding="UTF-8", xml_declaration=True)


def annotated(xml: bytes) -> bytes:
    """With a comment and a processing instruction within each value and before each element."""
    within = re.sub(rb">([^<>&\s])([^<>&]*)</", rb"><!-- a -->\1<?b c?>\2<!-- d --></", xml)
    return re.sub(rb"(<(?:\w+:)\w)", rb"<!-- e --><?f g?>\1", within)


SPELLINGS: dict[str, Callable[[bytes], bytes]] = {
    "byte order mark": lambda xml: b"\xef\xbb\xbf" + encoded("UTF-8")(xml),
    "empty line first": lambda xml: b"\r\n \t" + encoded("UTF-8")(xml),
    "UTF-16": encoded("UTF-16"),
    "UTF-16 without declaration": lambda xml: b"\xfe\xff" + encoded("UTF-8")(xml).decode().partition("?>")[2].encode("utf-16-be"),
    "ISO-8859-1": encoded("ISO-8859-1"),
    "windows-1252": encoded("windows-1252"),
    "CRLF": lambda xml: re.sub(rb"\r?\n", b"\r\n", re.sub(rb"><", b">\n<", xml)),
    "one line": lambda xml: re.sub(rb">\s+<", b"><", xml),
    "blanks around numbers": lambda xml: re.sub(rb">([0-9.]+)</", rb">\n  \1\t</", xml),
    "CDATA": lambda xml: re.sub(rb">([^<>&]*[^<>&\s][^<>&]*)</", rb"><![CDATA[\1]]></", xml),
    "plus and zeros": lambda xml: re.sub(rb"(Amount[^>]*>)([0-9]+\.[0-9]+)<", rb"\g<1>+00\g<2>00<", xml),
    "other prefixes": prefixed,
    "no prefixes": without_prefixes,
    "comments and instructions": annotated,
}  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("syntax", INVOICES)
def test_the_same_invoice_is_the_same_document(syntax: str, spelling: str) -> None:
    xml = INVOICES[syntax]
    respelt = SPELLINGS[spelling](xml)
    assert respelt != xml
    assert parse(respelt, None).data == parse(xml, None).data
    assert parse(respelt, None).xml == respelt
