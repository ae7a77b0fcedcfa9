"""The official rules at work: what is wrong is found and named, whatever the thread or profile."""

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest

from kontor_documents.content.model import (
    Address,
    BankAccount,
    Contact,
    DocumentData,
    Identifier,
    Line,
    Party,
    PaymentMeans,
)
from kontor_documents.einvoice.codelists import XRECHNUNG, ZUGFERD_EN16931
from kontor_documents.einvoice.errors import HostileXml, NotAnInvoice
from kontor_documents.einvoice.totals import complete
from kontor_documents.einvoice.validate import Validator
from kontor_documents.einvoice.write import write_cii, write_ubl
from kontor_documents.einvoice.xrechnung import check_xrechnung
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


def xrechnung() -> DocumentData:
    data = invoice()
    address = Identifier(id="post@example.org", scheme="EM")
    contact = Contact(name="Person", phone="+49 228 1", email="post@example.org")
    return data.model_copy(
        update={
            "seller": data.seller.model_copy(update={"electronic_address": address, "contact": contact}),
            "buyer": data.buyer.model_copy(update={"electronic_address": address}),
            "buyer_reference": "04011000-12345-03",
            "payment_means": [PaymentMeans(code="58", account=BankAccount(iban="DE79000000001234567890"))],
        }
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
    xml = xml.replace(b">20260101<", b"><udt:Wrong/><").replace(b">2026-01-01<", b">gestern<")
    report = validator.validate(xml)
    assert not report.valid
    assert report.findings[0].rule == "XSD"
    assert report.findings[0].location.startswith("line ")


def test_a_missing_buyer_name_is_an_error(validator: Validator) -> None:
    data = invoice().model_copy(update={"buyer": Party(address=Address(city="Bonn"))})
    assert not validator.validate(write_cii(data, specification=ZUGFERD_EN16931)).valid


@pytest.mark.parametrize("write", [write_cii, write_ubl])
def test_xrechnung_is_not_refused_for_its_guideline(write: object, validator: Validator) -> None:
    report = validator.validate(write(xrechnung(), specification=XRECHNUNG))
    assert report.valid, report.as_json()


@pytest.mark.parametrize("write", [write_cii, write_ubl])
def test_a_broken_national_rule_is_named_with_its_field(write: object, validator: Validator) -> None:
    data = xrechnung().model_copy(update={"buyer_reference": ""})
    report = validator.validate(write(data, specification=XRECHNUNG))
    assert [(found.rule, found.location) for found in report.findings if found.severity == "error"] == [
        ("BR-DE-15", "buyer_reference")
    ]


def test_everything_an_xrechnung_lacks_is_named_by_field() -> None:
    fields = {issue.field for issue in check_xrechnung(invoice())}
    assert {"payment_means", "seller.contact", "buyer_reference", "buyer.electronic_address"} <= fields
    assert check_xrechnung(xrechnung()) == []


def test_a_direct_debit_needs_its_creditor_and_account() -> None:
    data = xrechnung().model_copy(update={"payment_means": [PaymentMeans(code="59", mandate="M-1")]})
    assert [issue.code for issue in check_xrechnung(data)] == ["BR-DE-30", "BR-DE-31"]


def test_xml_of_another_kind_is_refused(validator: Validator) -> None:
    with pytest.raises(NotAnInvoice):
        validator.validate(b"<Order/>")


def test_hostile_xml_does_not_reach_the_rules(validator: Validator) -> None:
    with pytest.raises(HostileXml):
        validator.validate(b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')


def test_a_rule_that_fails_itself_is_a_finding_and_no_failure_of_ours(validator: Validator) -> None:
    xml = write_ubl(xrechnung(), specification=XRECHNUNG).decode()
    entity = xml[xml.index("<cac:PartyLegalEntity>") : xml.index("</cac:PartyLegalEntity>") + 23]
    report = validator.validate(xml.replace(entity, entity * 2, 1).encode())
    assert [finding.rule for finding in report.findings] == ["SCHEMATRON"]
    assert not report.valid
    assert validator.validate(xml.encode()).valid


async def test_who_waits_for_the_rules_holds_up_no_other_work(
    validator: Validator, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()
    monkeypatch.setattr(validator, "validate", lambda _xml: release.wait(60))
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    waiting = [asyncio.create_task(validator.validate_async(b"<a/>")) for _ in range(5)]
    await asyncio.sleep(0)
    assert await asyncio.wait_for(asyncio.to_thread(lambda: "parsed"), 30) == "parsed"
    release.set()
    assert await asyncio.gather(*waiting) == [True] * 5


async def test_many_at_once_are_validated_one_by_one(validator: Validator) -> None:
    good = write_cii(invoice(), specification=ZUGFERD_EN16931)
    bad = good.replace(b">11.90<", b">12.90<")
    reports = await asyncio.gather(*(validator.validate_async(xml) for xml in [good, bad] * 5))
    assert [report.valid for report in reports] == [True, False] * 5


def test_rules_that_do_not_finish_are_given_up_and_the_next_document_is_served() -> None:
    impatient = Validator(timeout=0.0)
    with pytest.raises(Unavailable):
        impatient.validate(write_ubl(xrechnung(), specification=XRECHNUNG))
    impatient._schematron.timeout = 60.0
    assert impatient.validate(write_ubl(xrechnung(), specification=XRECHNUNG)).valid
    impatient.close()
