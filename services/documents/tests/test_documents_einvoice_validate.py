"""The official rules at work: what is wrong is found and named, whatever the thread or profile."""

import asyncio
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from kontor_documents.content.model import Address, DocumentData, Line, Party
from kontor_documents.einvoice.codelists import XRECHNUNG, ZUGFERD_EN16931
from kontor_documents.einvoice.errors import HostileXml, NotAnInvoice
from kontor_documents.einvoice.totals import complete
from kontor_documents.einvoice.validate import Validator
from kontor_documents.einvoice.write import write_cii, write_ubl
from kontor_service.errors import Unavailable


@pytest.fixture(scope="module")
def validator() -> Iterator[Validator]:
    validator = Validator()
    yield validator
    validator.close()


def invoice(**more: object) -> DocumentData:
    address = Address(line1="Weg 1", post_code="53173", city="Bonn")
    return complete(
        DocumentData(
            number="RE-1",
            issue_date=date(2026, 1, 1),
            due_date=date(2026, 2, 1),
            seller=Party(name="Verkauf", vat_id="DE123456789", address=address),
            buyer=Party(name="Kauf", address=address),
            lines=[Line(name="Ware", net_price=Decimal("10"), tax_rate=Decimal("19"))],
            **more,
        )
    )


@pytest.mark.parametrize("write", [write_cii, write_ubl])
def test_a_good_invoice_is_valid_and_its_report_can_be_stored(write: object, validator: Validator) -> None:
    report = validator.validate(write(invoice(), specification=ZUGFERD_EN16931))
    assert report.valid
    assert json.loads(json.dumps(report.as_json()))["valid"] is True


@pytest.mark.parametrize("write", [write_cii, write_ubl])
def test_a_broken_rule_is_named_with_its_place(write: object, validator: Validator) -> None:
    xml = write(invoice(), specification=ZUGFERD_EN16931).replace(b">11.90<", b">12.90<")
    report = validator.validate(xml)
    assert not report.valid
    [finding] = [finding for finding in report.findings if "BR-CO-15" in finding.rule + finding.message]
    assert "BR-CO-15" in finding.message
    assert finding.location.startswith("/")


@pytest.mark.parametrize("write", [write_cii, write_ubl])
def test_a_violated_schema_is_named_with_its_line(write: object, validator: Validator) -> None:
    xml = write(invoice(), specification=ZUGFERD_EN16931)
    xml = (
        xml.replace(b"TypeCode>380<", b"TypeCode><!-- -->380<")
        .replace(b">20260101<", b"><udt:Wrong/><")
        .replace(b">2026-01-01<", b">gestern<")
    )
    report = validator.validate(xml)
    assert not report.valid
    assert report.findings[0].rule == "XSD"
    assert report.findings[0].location.startswith("line ")


def test_a_missing_buyer_name_is_an_error(validator: Validator) -> None:
    data = invoice().model_copy(update={"buyer": Party(address=Address(city="Bonn"))})
    assert not validator.validate(write_cii(data, specification=ZUGFERD_EN16931)).valid


def test_xrechnung_in_cii_is_not_refused_for_its_guideline(validator: Validator) -> None:
    assert validator.validate(write_cii(invoice(), specification=XRECHNUNG)).valid


def test_xml_of_another_kind_is_refused(validator: Validator) -> None:
    with pytest.raises(NotAnInvoice):
        validator.validate(b"<Order/>")


def test_hostile_xml_does_not_reach_the_rules(validator: Validator) -> None:
    with pytest.raises(HostileXml):
        validator.validate(b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')


async def test_many_at_once_are_validated_one_by_one(validator: Validator) -> None:
    good = write_cii(invoice(), specification=ZUGFERD_EN16931)
    bad = good.replace(b">11.90<", b">12.90<")
    reports = await asyncio.gather(*(validator.validate_async(xml) for xml in [good, bad] * 5))
    assert [report.valid for report in reports] == [True, False] * 5


def test_rules_that_do_not_finish_are_given_up_and_the_next_document_is_served() -> None:
    impatient = Validator(timeout=0.0)
    with pytest.raises(Unavailable):
        impatient.validate(write_ubl(invoice(), specification=XRECHNUNG))
    impatient._timeout = 60.0
    assert impatient.validate(write_ubl(invoice(), specification=XRECHNUNG)).valid
    impatient.close()
