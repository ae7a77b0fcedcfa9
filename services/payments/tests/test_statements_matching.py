"""What a payment on a bank statement is for, and why."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from kontor_payments.statements.matching import OpenItem, OpenItems, Proposal, Received, propose
from kontor_payments.statements.numbers import fold, possible_numbers

DAY = date(2026, 11, 20)
BUSCH, LANG = uuid4(), uuid4()
IBAN = "DE02120300000000202051"


def item(number: str = "RE-2026-1042", unpaid: int = 11900, **fields: Any) -> OpenItem:
    values = {"reference": "", "currency": "EUR", "customer_id": BUSCH, "customer_name": "Busch GmbH"} | fields
    return OpenItem(uuid4(), number, unpaid_minor=unpaid, **values)


def money(text: str = "", amount: int = 11900, **fields: Any) -> Received:
    return Received(amount, fields.pop("currency", "EUR"), DAY, (text,), **fields)


def of(received: Received, *items: OpenItem, payers: dict[str, frozenset[UUID]] | None = None) -> Proposal:
    return propose(received, OpenItems(items, payers or {}))


def said(proposal: Proposal) -> tuple[str, list[str], list[tuple[str, int]]]:
    shares = [(share.document_number, share.amount_minor) for share in proposal.shares]
    return str(proposal.certainty), [str(reason) for reason in proposal.reasons], shares


WHOLE = ("certain", ["number", "amount"], [("RE-2026-1042", 11900)])


@pytest.mark.parametrize(
    "text",
    [
        "RE-2026-1042", "Rechnung re 2026 1042 vom 12.11.2026", "RE2026-1042,Kd.4711", "RE-2 026-10 42 danke", "RE/2026/1042",
        "SVWZ+RE-2026-1042", "Rechnungsnr.:RE-2026-1042.",
    ],
)  # fmt: skip
def test_the_number_is_found_however_it_was_typed(text: str) -> None:
    assert said(of(money(text), item())) == WHOLE


@pytest.mark.parametrize("text", ["RE-2026-10421", "WARE-2026-1042", "RE-2026-104", "Rechnung", ""])
def test_a_longer_or_shorter_number_is_another_one(text: str) -> None:
    named = of(money(text), item(), item("RE-9", 11900, customer_id=LANG))
    assert "number" not in said(named)[1]


def test_digits_of_a_date_or_an_amount_are_no_number() -> None:
    assert said(of(money("Miete vom 10.42.26 über 1.042,00"), item("1042"), item("X-1")))[0] == "none"


@pytest.mark.parametrize("payer", [{}, {"name": "BUSCH"}, {"iban": IBAN}])
def test_a_short_number_is_to_be_checked_whoever_pays(payer: dict[str, str]) -> None:
    found = of(money("Nr 1042", **payer), item("1042"), payers={IBAN: frozenset({BUSCH})})
    assert said(found)[:2] == ("to_check", ["number", "amount"])


def test_the_longer_of_two_numbers_that_stand_in_each_other_is_meant() -> None:
    assert said(of(money("RE-20421"), item("RE-2042"), item("RE-20421")))[2] == [("RE-20421", 11900)]


def test_the_amount_decides_whether_a_blank_belongs_to_the_number() -> None:
    shorter = of(money("RE-2042 1"), item("RE-2042"), item("RE-20421", 500))
    assert said(shorter) == ("certain", ["number", "amount"], [("RE-2042", 11900)])


def test_the_payment_reference_is_as_good_as_the_number() -> None:
    received = Received(11900, "EUR", DAY, ("danke", "RF18539007547034"))
    assert said(of(received, item(reference="RF18 5390 0754 7034"))) == WHOLE


def test_a_reminders_number_stands_for_its_invoice() -> None:
    invoice = item()
    items = OpenItems([invoice], also={"MA-77-1": [invoice.document_id]})
    assert said(propose(money("Mahnung MA-77-1"), items)) == WHOLE


def test_a_cash_discount_taken_in_time_settles_the_document() -> None:
    invoice = item(reduced=((date(2026, 11, 20), 11543),))
    assert said(of(money("RE-2026-1042", 11543), invoice))[:2] == ("certain", ["number", "cash_discount"])


def test_a_cash_discount_taken_too_late_is_to_be_checked() -> None:
    invoice = item(reduced=((date(2026, 11, 19), 11543),))
    assert said(of(money("RE-2026-1042", 11543), invoice))[:2] == ("to_check", ["number", "late_discount"])


def test_an_instalment_is_certain() -> None:
    assert said(of(money("RE-2026-1042", 4000), item(instalment_minor=4000)))[:2] == (
        "certain",
        ["number", "instalment"],
    )


def test_a_part_payment_is_to_be_checked() -> None:
    found = of(money("RE-2026-1042", 5000), item())
    assert said(found) == ("to_check", ["number", "part_payment"], [("RE-2026-1042", 5000)])


def test_more_than_is_open_is_to_be_checked() -> None:
    assert said(of(money("RE-2026-1042", 20000), item()))[:2] == ("to_check", ["number", "overpayment"])


def test_several_documents_in_one_transfer_that_add_up_are_certain() -> None:
    found = of(
        money("RE-1001, RE-1002 und RE-1003", 600), item("RE-1001", 100), item("RE-1002", 200), item("RE-1003", 300)
    )
    assert said(found) == ("certain", ["number", "sum"], [("RE-1001", 100), ("RE-1002", 200), ("RE-1003", 300)])


def test_one_of_several_documents_may_be_paid_with_its_discount() -> None:
    reduced = item("RE-1001", 100, reduced=((DAY, 97),))
    found = of(money("RE-1001 RE-1002", 297), reduced, item("RE-1002", 200))
    assert said(found) == ("certain", ["number", "sum", "cash_discount"], [("RE-1001", 97), ("RE-1002", 200)])


def test_several_documents_that_do_not_add_up_are_paid_oldest_first() -> None:
    older = item("RE-1002", 200, due_on=date(2026, 10, 1))
    found = of(money("RE-1001 RE-1002", 250), item("RE-1001", 100, due_on=date(2026, 11, 1)), older)
    assert said(found) == ("to_check", ["number", "part_payment"], [("RE-1002", 200), ("RE-1001", 50)])


def test_documents_of_two_customers_in_one_transfer_are_to_be_checked() -> None:
    found = of(money("RE-1001 RE-1002", 300), item("RE-1001", 100), item("RE-1002", 200, customer_id=LANG))
    assert said(found)[0] == "to_check"


def test_a_known_account_suggests_and_does_not_decide() -> None:
    found = of(money("danke", iban=IBAN), item(), item(customer_id=LANG), payers={IBAN: frozenset({BUSCH})})
    assert said(found) == ("to_check", ["account", "amount"], [("RE-2026-1042", 11900)])


def test_a_known_account_pays_all_that_its_customer_owes() -> None:
    found = of(money("danke", 300, iban=IBAN), item("A-1", 100), item("A-2", 200), payers={IBAN: frozenset({BUSCH})})
    assert said(found)[:2] == ("to_check", ["account", "sum"])


@pytest.mark.parametrize("name", ["BUSCH GMBH", "Busch", "Fa. Busch Gmbh & Co. KG", "Bosch GmbH"])
def test_a_similar_name_with_the_amount_is_suggested(name: str) -> None:
    found = of(
        money("danke", name=name), item(customer_name="Busch GmbH"), item(customer_id=LANG, customer_name="Lang AG")
    )
    expected = ["name", "amount"] if name != "Bosch GmbH" else []
    assert said(found)[1] == expected


def test_names_are_alike_without_umlauts_and_turned_around() -> None:
    one = item(customer_name="Jürgen Müller")
    assert said(of(money("danke", name="MUELLER, JUERGEN"), one, item(customer_id=LANG)))[1] == ["name", "amount"]


def test_the_only_document_of_an_amount_is_suggested() -> None:
    assert said(of(money("danke"), item()))[:2] == ("to_check", ["amount"])
    assert said(of(money("danke"), item(), item(customer_id=LANG)))[0] == "none"


def test_a_document_in_another_currency_is_not_paid_with_this_money() -> None:
    assert said(of(money("RE-2026-1042", currency="CHF"), item())) == ("none", [], [])


def test_two_documents_of_one_number_are_to_be_checked() -> None:
    found = of(money("RE-2026-1042"), item(), item(unpaid=500, customer_id=LANG))
    assert said(found)[0] == "to_check"


def test_many_named_documents_are_added_up_in_bounded_time() -> None:
    items = [item(f"RE-{n}", n * 7919, reduced=((DAY, n * 7907 + 1),)) for n in range(1000, 1025)]
    found = of(money(" ".join(one.number for one in items), 1), *items)
    assert said(found)[0] == "to_check"


def test_numbers_that_may_stand_in_a_text_are_its_words_with_digits_and_their_neighbours() -> None:
    found = possible_numbers("Rg. RE-2026-10 42 danke")
    assert {"RE202610", "RE20261042", "1042"} <= found
    assert "DANKE" not in found
    assert fold("re/2026-10 42") == "RE20261042"


def test_nothing_is_proposed_without_a_document() -> None:
    assert of(money("RE-1")) == Proposal()
