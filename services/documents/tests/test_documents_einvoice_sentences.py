"""What senders are told, in their language and about their own data; and what is filled in that they leave out."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kontor.identity.v1 import identity_pb2
from kontor_documents.content.model import DocumentData
from kontor_documents.einvoice.checks import check
from kontor_documents.einvoice.totals import complete
from kontor_documents.errors import InvalidInvoice
from kontor_documents.intake.defaults import with_defaults
from kontor_documents.intake.issuing import refuse_invalid
from kontor_documents.intake.parse import parse
from kontor_service.errors import Invalid
from kontor_service.i18n import speaking
from kontor_service.vocabulary import say

MERCHANT = identity_pb2.Merchant(
    name="Brunner Haustechnik GmbH", vat_id="DE136695976", contact_phone="+49 821 1", contact_email="post@brunner.example",
    address=identity_pb2.Address(line1="Weg 1", post_code="86153", city="Augsburg", country="DE"),
)  # fmt: skip
BUYER = {"name": "Seidel", "address": {"line1": "Weg 2", "post_code": "86152", "city": "Augsburg"}}
TODAY = date(2026, 11, 20)
CUSTOMER = identity_pb2.Customer(name="Seidel", email="seidel@example.org", address=MERCHANT.address)


def data(**more: Any) -> dict[str, Any]:
    line = {"name": "Wartung", "net_price": "100", "tax_rate": "19"}
    return {"number": "RE-1", "issue_date": "2026-11-20", "due_date": "2026-12-01", "lines": [line], **more}


def parsed(**more: Any) -> DocumentData:
    return parse(None, json.dumps(data(**more)).encode()).data


async def refusal(validator: Any, **more: Any) -> dict[str, str]:
    """Field and German sentence of each fault in what Kontor is to issue."""
    with pytest.raises(InvalidInvoice) as refused:
        await refuse_invalid(validator, with_defaults(parsed(**more), MERCHANT, None, TODAY))
    with speaking("de"):
        return {error["field"]: error["message"] for error in refused.value.as_dict()["errors"]}


def problem(**more: Any) -> list[dict[str, Any]]:
    with pytest.raises(Invalid) as refused:
        parsed(**more)
    with speaking("de"):
        errors: list[dict[str, Any]] = refused.value.as_dict()["errors"]
    return errors


async def test_an_invoice_without_customer_says_how_to_name_one(validator: Any) -> None:
    assert await refusal(validator) == {
        "customer_number": "Eine Rechnung nennt ihren Kunden: über customer_number oder als buyer mit Name und Anschrift."
    }


async def test_an_unknown_unit_names_the_usual_codes(validator: Any) -> None:
    lines = [{"name": "Wartung", "net_price": "100", "tax_rate": "19", "unit": "Quux"}]
    found = await refusal(validator, buyer={"name": "Seidel", "address": {"city": "Augsburg"}}, lines=lines)
    assert found["lines[0].unit"].startswith("„Quux“ ist kein Einheitencode")
    assert "H87 oder C62" in found["lines[0].unit"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            {"lines": [{"name": "", "net_price": "1", "tax_rate": "19"}]},
            {"lines[0].name": "Jede Position braucht eine Bezeichnung."},
        ),
        (
            {"buyer": {"name": "X", "address": {"country": "Deutschland"}}},
            {
                "buyer.address.country": "Ein Land wird mit seinem Kürzel aus zwei Buchstaben angegeben, zum Beispiel DE."
            },
        ),
        (
            {"type_code": "999"},
            {
                "type_code": "Diese Art von Rechnung gibt es nicht (UNTDID 1001). Üblich sind 380, 381, 384, 326, 386 und 389."
            },
        ),
        (
            {"payment_means": [{"code": "999"}]},
            {
                "payment_means[0].code": "Diese Zahlungsart gibt es nicht (UNTDID 4461). Üblich sind 58 und 30 (Überweisung), "
                "59 (Lastschrift) und 48 (Karte)."
            },
        ),
        ({"payee": {"identifiers": [{"id": "1"}]}}, {"payee.name": "Der Name des Zahlungsempfängers fehlt."}),
        ({"tax_currency": "SEK"}, {"totals": "Der Umsatzsteuerbetrag in der Buchungswährung fehlt."}),
    ],
)
async def test_each_field_has_one_sentence_that_says_what_to_do(
    validator: Any, said: dict[str, Any], expected: dict[str, str]
) -> None:
    assert await refusal(validator, **({"buyer": BUYER} | said)) == expected


async def test_a_rule_says_its_own_text_to_experts(validator: Any) -> None:
    line = {"name": "Rabatt", "net_price": "-5", "tax_rate": "19"}
    with pytest.raises(InvalidInvoice) as refused:
        await refuse_invalid(validator, with_defaults(parsed(lines=[line], buyer=BUYER), MERCHANT, None, TODAY))
    [error] = refused.value.as_dict()["errors"]
    assert (error["code"], error["field"]) == ("BR-27", "lines[0].net_price")
    assert "shall NOT be negative" in error["params"]["official"]


async def test_what_the_schema_misses_is_said_without_its_words(validator: Any) -> None:
    lines = [{"name": "Kabel", "net_price": "1", "tax_rate": "19", "attributes": [["Farbe", ""]]}]
    found = await refusal(validator, lines=lines, buyer=BUYER)
    assert found == {"lines[0].attributes[0]": "Hier fehlt etwas, das jede E-Rechnung enthält."}


@pytest.mark.parametrize(
    ("unit", "code"), [("Stück", "C62"), ("Std.", "HUR"), ("kg", "KGM"), ("m²", "MTK"), ("XPP", "XPP")]
)
def test_units_are_understood_as_people_write_them(unit: str, code: str) -> None:
    lines = [{"name": "Ware", "net_price": "1", "tax_rate": "19", "unit": unit}]
    assert parsed(lines=lines).lines[0].unit == code


@pytest.mark.parametrize("day", ["12.11.2026", "2026-13-01", "bald", "0001-01-01", "9999-12-31"])
def test_a_wrong_date_is_told_what_is_expected(day: str) -> None:
    [error] = problem(issue_date=day)
    assert error["field"] == "issue_date"
    assert "2026-11-27" in error["message"] or "1900" in error["message"]


def test_a_price_that_is_missing_is_named() -> None:
    assert [(error["field"], error["message"]) for error in problem(lines=[{"name": "Ware"}])] == [
        ("lines[0].net_price", "Dieses Feld fehlt.")
    ]


def test_decimals_that_differ_are_shown() -> None:
    line = {"name": "Ware", "net_price": "47.0488", "tax_rate": "19", "net": "47.0512"}
    exact = complete(DocumentData.model_validate(data(lines=[line])))
    [found] = [one for one in check(exact) if one.code == "PEPPOL-EN16931-R120"]
    with speaking("de"):
        assert say(found.message, found.params).replace("\u00a0", " ").endswith("47,05 €, in der Datei 47,0512 EUR")


@pytest.mark.parametrize(("language", "terms"), [("de", "Zahlbar nach Erhalt."), ("en", "Payable on receipt.")])
def test_an_invoice_without_due_date_gets_none(language: str, terms: str) -> None:
    found = with_defaults(parsed(due_date=None, language=language), MERCHANT, CUSTOMER, TODAY)
    assert (found.due_date, found.payment_terms) == (None, terms)


def with_terms(**more: Any) -> DocumentData:
    merchant = identity_pb2.Merchant()
    merchant.CopyFrom(MERCHANT)
    merchant.payment_days, merchant.discount_days, merchant.discount_percent = 14, 7, "2.5"
    return with_defaults(parsed(**{"due_date": None, **more}), merchant, CUSTOMER, TODAY)


def test_an_invoice_without_terms_gets_the_merchants() -> None:
    found = with_terms()
    assert (found.due_date, found.payment_terms) == (date(2026, 12, 4), "")
    assert [(one.days, one.percent) for one in found.cash_discounts] == [(7, Decimal("2.5"))]


@pytest.mark.parametrize(
    "said",
    [
        {"due_date": "2026-12-01"},
        {"payment_terms": "Bar bei Abholung"},
        {"issue_date": "2026-10-01"},
        {"type": "credit_note"},
        {"type_code": "389"},
        {"payment_means": [{"code": "59", "mandate": "M-1", "creditor_id": "DE98ZZZ09999999999", "debited_iban": "X"}]},
        {"prepaid": "119"},
    ],
)
def test_the_merchants_terms_stand_only_where_none_are_named_and_something_is_to_be_transferred(
    said: dict[str, Any],
) -> None:
    found = with_terms(**said)
    assert found.due_date == (date(2026, 12, 1) if "due_date" in said else None)
    assert found.cash_discounts == []


@pytest.mark.parametrize(("ago", "discounts"), [(6, [7]), (7, [7]), (8, [])])
def test_an_invoice_dated_back_gets_no_discount_whose_day_has_passed(ago: int, discounts: list[int]) -> None:
    found = with_terms(issue_date=(TODAY - timedelta(days=ago)).isoformat())
    assert found.due_date == TODAY + timedelta(days=14 - ago)
    assert [one.days for one in found.cash_discounts] == discounts


def test_a_discount_that_the_data_names_is_the_only_one() -> None:
    found = with_terms(cash_discounts=[{"days": 3, "percent": "1"}])
    assert (found.due_date, [one.days for one in found.cash_discounts]) == (date(2026, 12, 4), [3])


@pytest.mark.parametrize("day", ["31.12.2026", "20261127", 20261127, 1_764_201_600, "2026-11-27T00:00:00", "gestern"])
def test_a_date_in_data_is_exactly_iso(day: Any) -> None:
    assert [(error["field"], error["message"]) for error in problem(due_date=day)] == [
        ("due_date", "Hier wird ein Datum erwartet, zum Beispiel 2026-11-27.")
    ]


def test_terms_of_payment_stay_as_they_are() -> None:
    assert with_defaults(parsed(), MERCHANT, CUSTOMER, TODAY).payment_terms == ""
    assert with_defaults(parsed(), MERCHANT, CUSTOMER, TODAY).due_date == date(2026, 12, 1)


def test_what_is_said_of_the_parties_is_kept_and_the_rest_filled_in() -> None:
    found = with_defaults(
        parsed(
            seller={"contact": {"name": "Frau Huber"}, "identifiers": [{"id": "L-1"}]},
            buyer={"contact": {"name": "Herr Seidel"}, "legal_registration": {"id": "HRB 1"}},
        ),
        MERCHANT,
        CUSTOMER,
        TODAY,
    )
    assert (found.seller.name, found.seller.contact.name, found.seller.contact.phone) == (
        "Brunner Haustechnik GmbH", "Frau Huber", "+49 821 1",
    )  # fmt: skip
    assert found.seller.identifiers[0].id == "L-1"
    assert (found.buyer.name, found.buyer.contact.name, found.buyer.contact.email, found.buyer.legal_registration.id) == (
        "Seidel", "Herr Seidel", "seidel@example.org", "HRB 1",
    )  # fmt: skip


def test_a_structured_discount_in_data_is_understood_too() -> None:
    found = parsed(payment_terms="Netto 30 Tage\n#SKONTO#TAGE=14#PROZENT=2,00#")
    assert (found.payment_terms, found.cash_discounts[0].percent) == ("Netto 30 Tage", Decimal("2.00"))
