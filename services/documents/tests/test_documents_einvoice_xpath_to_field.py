"""What the official rules find in the XML is told by the field of the data that it was written from."""

import copy
import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from lxml import etree
from pydantic import BaseModel

from kontor_documents.content.model import DocumentData
from kontor_documents.einvoice import cii
from kontor_documents.einvoice.binding import Node
from kontor_documents.einvoice.totals import complete
from kontor_documents.einvoice.validate import Finding
from kontor_documents.einvoice.write import write_cii
from kontor_documents.einvoice.xpath_to_field import field_of

DATA: dict[str, Any] = {
    "type_code": "380", "number": "RE-1", "issue_date": "2026-11-12", "due_date": "2026-11-26",
    "specification": "urn:cen.eu:en16931:2017",
    "seller": {"name": "Brunner", "vat_id": "DE123456789", "address": {"city": "Augsburg", "post_code": "86153"}},
    "buyer": {"name": "Seidel", "address": {"city": "Augsburg", "post_code": "86152"}},
    "payment_means": [{"code": "58", "account": {"iban": "DE02120300000000202051"}}],
    "lines": [
        {"id": "1", "name": "Wartung", "net_price": "100", "tax_rate": "19"},
        {"id": "2", "name": "Anfahrt", "net_price": "10", "tax_rate": "19"},
    ],
}  # fmt: skip


def changed(path: str, value: Any) -> DocumentData:
    """The data with one value in another way, e.g. at lines[1].unit; a trailing * changes every line."""
    data = copy.deepcopy(DATA)
    *above, last = re.findall(r"\w+", path)
    for target in data["lines"] if path.startswith("*") else [data]:
        for step in above:
            target = target[int(step)] if step.isdigit() else target[step]
        target[last] = value
    return complete(DocumentData.model_validate(data))


def fields(validator: Any, data: DocumentData) -> dict[str, str]:
    """Field by rule, of the errors."""
    xml = write_cii(data)
    root = etree.fromstring(xml)
    found = [finding for finding in validator.validate(xml).findings if finding.severity == "error"]
    return {finding.rule: field_of(finding, root, data) for finding in found}


@pytest.mark.parametrize(
    ("path", "value", "rule", "field"),
    [
        ("lines[1].tax_rate", "0", "BR-S-05", "lines[1].tax_rate"),
        ("lines[1].unit", "XXQ", "FX-SCH-A-000613", "lines[1].unit"),
        ("lines[1].net_price", "-1", "BR-27", "lines[1].net_price"),
        ("lines[1].period", {"start": "2026-02-01", "end": "2026-01-01"}, "BR-30", "lines[1].period.end"),
        ("lines[0].allowances_charges", [{"amount": "5"}], "BR-42", "lines[0].allowances_charges[0].reason"),
        ("lines[1].standard_item_id", {"id": "123"}, "FX-SCH-A-000551", "lines[1].standard_item_id.scheme"),
        ("lines[1].country_of_origin", "QQ", "FX-SCH-A-000628", "lines[1].country_of_origin"),
        ("seller.vat_id", "ZZ123", "BR-CO-09", "seller.vat_id"),
        ("seller.name", "", "BR-06", "seller.name"),
        ("seller.name", "", "FX-SCH-A-000409", "seller.name"),
        ("buyer.address.country", "XX", "FX-SCH-A-000568", "buyer.address.country"),
        ("buyer.electronic_address", {"id": "x", "scheme": "QQ"}, "FX-SCH-A-000571", "buyer.electronic_address.scheme"),
        ("payment_means[0].account", None, "CII-SR-470", "payment_means[0].account.iban"),
        ("payment_means[0].code", "777", "FX-SCH-A-000609", "payment_means[0].code"),
        ("billing_period", {"start": "2026-02-01", "end": "2026-01-01"}, "BR-29", "billing_period.end"),
        ("type_code", "999", "FX-SCH-A-000555", "type_code"),
        ("references", [{"kind": "object", "number": "3", "scheme": "QQQQ"}], "FX-SCH-A-000282", "references"),
        ("*.tax_category", "AE", "BR-AE-02", "buyer.vat_id"),
    ],
)
def test_an_official_rule_names_the_field(validator: Any, path: str, value: Any, rule: str, field: str) -> None:
    data = changed(path, value)
    assert fields(validator, data).get(rule) == field


def test_an_exemption_without_a_reason_asks_for_one_where_it_is_given(validator: Any) -> None:
    lines = [line | {"tax_category": "E", "tax_rate": "0"} for line in DATA["lines"]]
    assert fields(validator, changed("lines", lines))["BR-E-10"] == "tax_exemptions"


def test_what_the_schema_misses_is_told_by_the_line_it_misses_it_in(validator: Any) -> None:
    assert fields(validator, changed("lines[1].name", "")) == {"XSD": "lines[1]"}


def test_a_place_that_is_none_in_the_xml_stays_what_it_was() -> None:
    data = complete(DocumentData.model_validate(DATA))
    finding = Finding("BR-DE-15", "error", "", "buyer_reference")
    assert field_of(finding, etree.fromstring(write_cii(data)), data) == "buyer_reference"


def places(node: Node, parent: etree._Element) -> Iterator[etree._Element]:
    """An element for every place that the table of CII knows."""
    element = etree.SubElement(parent, node.tag)
    if node.constant:
        return
    yield element
    for child in node.children:
        yield from places(child, element)


def leads_to_a_field(path: str, model: Any = DocumentData) -> bool:
    name, _, rest = path.partition(".")
    found = model.model_fields.get(name.partition("[")[0]) if name else None
    if found is None:
        return not path
    below = [one for one in _types(found.annotation) if isinstance(one, type) and issubclass(one, BaseModel)]
    return not rest or any(leads_to_a_field(rest, one) for one in below)


def _types(annotation: Any) -> Iterator[Any]:
    yield annotation
    for argument in get_args(annotation):
        yield from _types(argument)


def test_every_place_that_kontor_writes_is_a_field_of_the_data() -> None:
    root = etree.Element(cii.DOCUMENT.tag)
    elements = [element for child in cii.DOCUMENT.children for element in places(child, root)]
    data = complete(DocumentData.model_validate(DATA))
    tree, astray = root.getroottree(), {}
    for element in elements:
        location = re.sub(r"\*:|\w+:", "", tree.getpath(element))
        told = field_of(Finding("", "error", "", location), root, data)
        if not leads_to_a_field(told):
            astray[location] = told
    assert len(elements) > 200
    assert astray == {}
