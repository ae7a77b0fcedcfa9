"""What a document that Kontor issues should say besides the rules of EN 16931."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kontor_documents.content.model import DocumentData, Line, Party
from kontor_documents.intake.issued import check_issued
from kontor_documents.rendering.printable import unprintable

TODAY = date(2026, 11, 28)
ADDRESS = {"line1": "Lange Gasse 12", "post_code": "86152", "city": "Augsburg", "country": "DE"}


def found(**changes: Any) -> dict[str, str]:
    """Severity of each finding by its field."""
    said = {
        "type": "invoice", "issue_date": TODAY, "due_date": "2026-12-12", "delivery_date": TODAY,
        "buyer": {"name": "Seidel Optik", "address": ADDRESS}, "lines": [{"name": "Wartung", "net_price": "100", "tax_rate": "19"}],
    } | changes  # fmt: skip
    return {one.field: one.severity for one in check_issued(DocumentData.model_validate(said), TODAY)}


def test_nothing_is_found_in_an_ordinary_invoice() -> None:
    assert found() == {}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"issue_date": "2062-11-28", "due_date": None}, "issue_date"),
        ({"due_date": "2026-11-27"}, "due_date"),
        (
            {"lines": [{"name": "a", "net_price": "80", "gross_price": "100", "price_discount": "10"}]},
            "lines[0].gross_price",
        ),
        ({"lines": [{"name": "a", "net_price": "80", "gross_price": "70"}]}, "lines[0].gross_price"),
        ({"buyer": {"name": "a", "address": ADDRESS | {"country": "XX"}}}, "buyer.address.country"),
        ({"ship_to": {"name": "a", "address": {"country": "Germany"}}}, "ship_to.address.country"),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(changes: dict[str, Any], field: str) -> None:
    assert found(**changes)[field] == "blocker"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"delivery_date": None}, "delivery_date"),
        ({"buyer": {"name": "Seidel Optik"}}, "buyer.address"),
        ({"buyer": {"name": "Seidel Optik", "address": {"country": "DE"}}}, "buyer.address"),
    ],
)
def test_what_the_law_asks_for_is_a_finding(changes: dict[str, Any], field: str) -> None:
    assert found(**changes) == {field: "warning"}


@pytest.mark.parametrize(
    "changes",
    [
        {"delivery_date": None, "billing_period": {"start": "2026-10-01", "end": "2026-10-31"}},
        {"delivery_date": None, "lines": [{"name": "a", "net_price": "1", "period": {"start": "2026-10-01"}}]},
        {"delivery_date": None, "type_code": "386"},
        {"delivery_date": None, "type": "quote"},
        {"lines": [{"name": "a", "net_price": "80", "gross_price": "100", "price_discount": "20"}]},
    ],
)
def test_what_says_enough_is_not_found(changes: dict[str, Any]) -> None:
    assert found(**changes) == {}


def test_characters_that_the_pdf_cannot_show_are_named_once_with_their_field() -> None:
    data = DocumentData(
        issue_date=TODAY,
        type="quote",
        title="\u4eca\u65e5 \u4eca Łódź – 20 €",
        buyer=Party(name="\u0634\u0631\u0643\u0629 \u05e9\u05dc\u05d5\u05dd"),
        lines=[Line(name="Kabel", net_price=Decimal(1)), Line(name="Rohr \U0001f527", net_price=Decimal(1))],
    )
    assert unprintable(data) == {"title": "\u4eca \u65e5", "lines[1].name": "\U0001f527"}


def test_characters_of_what_no_page_shows_hold_nothing_up() -> None:
    named = {"media_type": "application/\u65e5", "file_name": "\u65e5.pdf"}
    data = DocumentData(
        issue_date=TODAY,
        external_id="\u65e5",
        specification="urn:\u65e5",
        attachments=[{"id": "1", "description": "Plan", **named}, {"id": "2", **named}],
    )
    assert unprintable(data) == {"attachments[1].file_name": "\u65e5"}
