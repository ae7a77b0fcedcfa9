"""Payments on bank statements: shown with their proposals, booked, assigned, set aside, taken back."""

import re
from uuid import uuid4

from admin_shop import Shop
from admin_statements import entry, share, statement

from kontor.payments.v1 import payments_pb2 as pb


def path_of(told: pb.StatementEntrySnapshot, what: str) -> str:
    return f"/v1/statement-entries/{told.statement_entry.id}/{what}"


def page_of(told: pb.StatementEntrySnapshot, what: str = "") -> str:
    return f"/umsaetze/{told.statement_entry.id}{what}"


async def test_a_certain_payment_is_shown_with_its_document_and_the_reason(shop: Shop) -> None:
    await shop.told(shop.merchant(), entry(shop, shares=[share()]))
    page = await shop.page("/umsaetze")
    assert "Nummer im Verwendungszweck · Betrag entspricht dem offenen Betrag" in page
    assert "RE-77</a>" in page
    assert "Den sicheren Zahlungseingang buchen" in page
    assert "Eine Zahlung ist sicher und kann gebucht werden" in await shop.page("/")


async def test_all_certain_ones_are_confirmed_with_one_click(shop: Shop) -> None:
    await shop.told(entry(shop), entry(shop, text="RE-78"))
    assert "Alle 2 sicheren Zahlungseingänge buchen" in await shop.page("/umsaetze")
    shop.owners.answers["POST", "/v1/statement-entries/confirm"] = {"confirmed": 2}
    await shop.post("/umsaetze/sichere")
    assert shop.owners.calls == [("POST", "/v1/statement-entries/confirm", {})]


async def test_the_list_begins_with_the_first_kind_of_which_there_is_any(shop: Shop) -> None:
    await shop.told(entry(shop, certainty="none", reasons=[]))
    answer = await shop.client.get("/umsaetze", follow_redirects=False)
    assert answer.headers["location"] == "/umsaetze?art=none"
    assert "Kein Dokument gefunden" in await shop.page("/umsaetze?art=none")


async def test_a_proposal_is_booked_from_the_list(shop: Shop) -> None:
    told = entry(shop, shares=[share()])
    await shop.told(told)
    shop.owners.answers["POST", path_of(told, "book")] = {}
    answer = await shop.post(page_of(told, "/buchen"), {"vorschlag": "1", "art": "certain"})
    assert answer.headers["location"] == "/umsaetze?art=certain"
    assert shop.owners.calls == [("POST", path_of(told, "book"), {"shares": [], "confirmed": False})]


async def test_documents_of_its_amount_are_offered_first_and_others_by_search(shop: Shop) -> None:
    told, one, fitting = entry(shop, certainty="none"), shop.document("RE-1"), shop.document("RE-2")
    await shop.told(
        told, one, fitting, shop.receivable(one.document.id, document_number="RE-1", open_minor=500),
        shop.receivable(fitting.document.id, document_number="RE-2", open_minor=11900),
    )  # fmt: skip
    page = await shop.page(page_of(told))
    assert page.index(">RE-2<") < page.index(">RE-1<")
    found = await shop.post(page_of(told, "/buchen"), {"suchen": "1", "q": "RE-1"})
    assert (">RE-1<" in found.text, ">RE-2<" in found.text) == (True, False)


async def test_what_is_proposed_is_filled_in(shop: Shop) -> None:
    document = shop.document("RE-1")
    told = entry(shop, certainty="to_check", shares=[share(document.document.id, "RE-1", 5000)])
    await shop.told(told, document, shop.receivable(document.document.id, document_number="RE-1"))
    assert re.search(rf'name="amount-{document.document.id}" value="50,00"', await shop.page(page_of(told)))


async def test_a_payment_is_split_over_documents(shop: Shop) -> None:
    told, one, other = entry(shop), str(uuid4()), str(uuid4())
    await shop.told(told)
    shop.owners.answers["POST", path_of(told, "book")] = {}
    await shop.post(page_of(told, "/buchen"), {f"amount-{one}": "100,00", f"amount-{other}": "19"})
    shares = [{"document_id": one, "amount_minor": 10000}, {"document_id": other, "amount_minor": 1900}]
    assert shop.owners.calls == [("POST", path_of(told, "book"), {"shares": shares, "confirmed": False})]


async def test_all_of_a_payment_is_for_one_document(shop: Shop) -> None:
    told, document = entry(shop), str(uuid4())
    await shop.told(told)
    shop.owners.answers["POST", path_of(told, "book")] = {}
    await shop.post(page_of(told, "/buchen"), {"ganz": document, f"amount-{uuid4()}": "1"})
    assert shop.owners.calls[-1][2]["shares"] == [{"document_id": document, "amount_minor": 11900}]


async def test_an_unusual_booking_is_asked_back_with_what_was_typed(shop: Shop) -> None:
    told, document = entry(shop), shop.document("RE-1")
    id_ = document.document.id
    await shop.told(told, document, shop.receivable(id_, document_number="RE-1", open_minor=500))
    shop.owners.refuse("POST", path_of(told, "book"), 409, code="statement_share_unusual", detail="Mehr als offen.")
    page = (await shop.post(page_of(told, "/buchen"), {f"amount-{id_}": "119,00"})).text
    assert "Mehr als offen." in page
    assert "Trotzdem buchen" in page
    assert re.search(rf'name="amount-{id_}" value="119,00"', page)


async def test_nothing_typed_books_nothing(shop: Shop) -> None:
    told = entry(shop)
    await shop.told(told)
    answer = await shop.post(page_of(told, "/buchen"), {})
    assert (answer.status_code, shop.owners.calls) == (422, [])


async def test_a_payment_is_set_aside_with_a_note_and_taken_back(shop: Shop) -> None:
    told = entry(shop)
    await shop.told(told)
    for what in ("set-aside", "reopen"):
        shop.owners.answers["POST", path_of(told, what)] = {}
    await shop.post(page_of(told, "/zurueckstellen"), {"note": "Darlehen"})
    await shop.post(page_of(told, "/zurueckholen"))
    assert [call[1] for call in shop.owners.calls] == [path_of(told, "set-aside"), path_of(told, "reopen")]
    assert shop.owners.calls[0][2] == {"note": "Darlehen"}


async def test_a_return_is_assigned_to_a_paid_document(shop: Shop) -> None:
    told, paid, unpaid = (
        entry(shop, amount_minor=-12250, return_code="MD06"),
        shop.document("RE-1"),
        shop.document("RE-2"),
    )
    await shop.told(
        told, paid, unpaid, shop.receivable(paid.document.id, document_number="RE-1", open_minor=0, paid_minor=11900),
        shop.receivable(unpaid.document.id, document_number="RE-2"),
    )  # fmt: skip
    page = await shop.page(page_of(told))
    assert "Rückgabe (MD06)" in page
    assert (">RE-1<" in page, ">RE-2<" in page) == (True, False)


async def test_statements_are_listed_and_read_in(shop: Shop) -> None:
    await shop.told(statement(shop))
    page = await shop.page("/kontoauszuege")
    assert "DE75512108001245126199" in page
    assert "aus dem Ordner" in page
    shop.owners.answers["POST", "/v1/bank-statements"] = {"is_new": True, "statements": [{}]}
    answer = await shop.post("/kontoauszuege", files={"file": ("a.xml", b"<Document/>")})
    assert answer.headers["location"] == "/umsaetze"


async def test_a_refused_statement_is_said_where_it_was_chosen(shop: Shop) -> None:
    shop.owners.refuse(
        "POST", "/v1/bank-statements", 422, code="statement_of_another_account", detail="Fremdes Konto.", field="file"
    )
    answer = await shop.post("/kontoauszuege", files={"file": ("a.xml", b"<Document/>")})
    assert answer.status_code == 422
    assert "Fremdes Konto." in answer.text
    nothing = await shop.post("/kontoauszuege", files={"file": ("", b"")})
    assert "Bitte wählen Sie eine Datei" in nothing.text
