"""The text of the EPC QR code."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kontor_service.epc import epc_payload

IBAN = "DE89370400440532013000"


def test_the_code_carries_the_transfer_line_by_line() -> None:
    assert epc_payload("Brunner GmbH", IBAN, "COBADEFFXXX", Decimal("787.19"), "RE-1").split("\n") == [
        "BCD", "002", "1", "SCT", "COBADEFFXXX", "Brunner GmbH", IBAN, "EUR787.19", "", "", "RE-1",
    ]  # fmt: skip


def test_a_creditor_reference_stands_in_its_own_field_without_blanks() -> None:
    lines = epc_payload("Brunner GmbH", IBAN, "", Decimal(1), "RF18 5390 0754 7034").split("\n")
    assert lines[9:] == ["RF18539007547034"]


def test_line_breaks_in_a_name_or_a_reference_make_no_further_fields() -> None:
    lines = epc_payload("Brunner\nGmbH", "DE89 3704 0044 0532 0130 00", "", Decimal(1), "RE-1\r\nKunde 7").split("\n")
    assert (lines[5], lines[6], lines[10]) == ("Brunner GmbH", IBAN, "RE-1 Kunde 7")
    assert len(lines) == 11


@given(some.text(max_size=200), some.text(max_size=200))
def test_no_text_can_add_a_field_to_the_code_or_outgrow_it(holder: str, text: str) -> None:
    content = epc_payload(holder, IBAN, "", Decimal(1), text)
    assert content.count("\n") <= 10
    assert len(content.encode()) <= 331


@pytest.mark.parametrize("iban", ["", "DE", "DE89 3704\nEUR1", "12345678901234567890", "DE88370400440532013000"])
def test_what_is_no_iban_makes_no_code(iban: str) -> None:
    assert epc_payload("Brunner GmbH", iban, "", Decimal(1), "RE-1") == ""
