from datetime import date

import pytest

from kontor_service.errors import Conflict, Invalid
from kontor_web import Form


def form(**values: str) -> Form:
    return Form({name: [value] for name, value in values.items()})


@pytest.mark.parametrize(
    ("typed", "minor"),
    [("1.234,56", 123456), ("1,234.56", 123456), ("1234.56", 123456), ("1234,5", 123450), ("1.234", 123400), ("12", 1200),
     ("12 €", 1200), ("EUR", None), ("-3,50", -350), ("1'234.50", 123450), ("1.234.567", 123456700), (",50", 50)],
)  # fmt: skip
def test_amounts_are_taken_as_people_type_them(typed: str, minor: int | None) -> None:
    assert form(amount=typed).money("amount", "EUR") == minor


@pytest.mark.parametrize("typed", ["abc", "1.234,567", "12..5x", "1e9", "9" * 30, "NaN"])
def test_what_is_no_amount_gets_a_word_beside_the_field(typed: str) -> None:
    found = form(amount=typed)
    assert found.money("amount", "EUR") is None
    assert found.errors["amount"] == "Bitte geben Sie einen Betrag ein, zum Beispiel 1.234,56."


@pytest.mark.parametrize("typed", ["2026-11-26", "26.11.2026", "26. 11. 2026", "26.11.26", "26/11/2026"])
def test_dates_are_taken_as_people_type_them(typed: str) -> None:
    assert form(day=typed).day("day") == date(2026, 11, 26)


def test_what_is_no_date_gets_a_word_beside_the_field() -> None:
    found = form(day="31.02.2026")
    assert found.day("day") is None
    assert found.errors["day"] == "Bitte geben Sie ein Datum ein, zum Beispiel 26.11.2026."


@pytest.mark.parametrize(("typed", "number"), [("14", 14), (" 365 ", 365), ("", 0)])
def test_whole_numbers_are_read(typed: str, number: int) -> None:
    found = form(days=typed)
    assert (found.count("days", most=365), found.errors) == (number, {})


@pytest.mark.parametrize("typed", ["366", "-1", "1.5", "zwei", "٣", "9" * 5_000])
def test_what_is_no_whole_number_gets_a_word_beside_the_field(typed: str) -> None:
    found = form(days=typed)
    found.count("days", most=365)
    assert list(found.errors) == ["days"]


def test_an_empty_required_field_is_named() -> None:
    found = form(name="  ")
    assert found.text("name", required=True) == ""
    assert found.errors == {"name": "Bitte füllen Sie dieses Feld aus."}


def test_lines_are_joined_unless_they_are_wanted() -> None:
    assert form(text="a\r\nb").text("text") == "a b"
    assert form(text="a\r\nb").text("text", lines=True) == "a\nb"


def test_only_offered_choices_are_taken() -> None:
    found = form(kind="other")
    found.choice("kind", ("a", "b"))
    assert "kind" in found.errors


def test_a_wrong_address_is_kept_as_typed() -> None:
    found = form(email="nobody@")
    assert found.email("email") == "nobody@"
    assert found.value("email") == "nobody@"
    assert "email" in found.errors


def test_an_owners_findings_land_beside_their_fields() -> None:
    found = form(iban="x", city="")
    problem = Invalid(
        errors=[
            {"field": "iban", "code": "x", "message": "no IBAN"},
            {"field": "address.city", "code": "x", "message": "no city"},
        ]
    )
    found.take(problem, {"address.city": "city"})
    assert found.errors == {"iban": "no IBAN", "city": "no city"}


def test_a_finding_about_nothing_typed_stands_on_top() -> None:
    found = form(name="x")
    found.take(Invalid("That does not go"))
    assert found.problem == "That does not go"
    assert not found.ok


def test_a_prefilled_form_shows_flags_lists_and_nothing() -> None:
    found = Form.of({"on": True, "off": False, "many": ["a", "b"], "none": None, "number": 3})
    assert found.flag("on")
    assert not found.flag("off")
    assert found.has("many", "b")
    assert found.value("none") == ""
    assert found.value("number") == "3"


def test_a_conflict_is_said_without_the_name_of_a_field_that_the_form_does_not_have() -> None:
    found = form(subject="x")
    found.take(Conflict.of([{"field": "seller.name", "code": "foreign_seller", "message": "The sender is another"}]))
    assert found.problem == "The sender is another"
