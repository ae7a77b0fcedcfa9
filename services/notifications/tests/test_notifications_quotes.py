"""What happens to quotes, in mails: to the customer, and to whoever answers for the quote at the merchant."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from kontor.documents.v1 import documents_pb2 as pb
from kontor.documents.v1.documents_pb2 import Document, DocumentShared
from kontor.identity.v1.identity_pb2 import Customer, Merchant, StaffMember, StaffMemberSnapshot
from kontor_notifications.mails.reminders import remind
from kontor_service.ids import uuid7

SAM, BOSS = "sam@baeckerei-mueller.example", "petra@elektro-wagner.example"


@pytest.fixture
def quote(document: Document, customer: Customer) -> Document:
    """Of a customer whose contact reads German, with somebody who answers for it."""
    customer.contacts[1].language = "de"
    document.type, document.number, document.valid_until = "quote", "AN-7", "2026-03-20"
    document.responsible.MergeFrom(pb.Responsible(name="Petra Wagner", email=BOSS))
    document.shared_at.FromDatetime(datetime(2026, 3, 2, tzinfo=UTC))
    document.decision.MergeFrom(pb.Decision(name="Sam Smith", reason="Zu teuer", text="Leider."))
    return document


@pytest.mark.parametrize(
    ("event", "to", "subject", "said"),
    [
        (pb.DocumentAmended, SAM, "Ihr Angebot AN-7 wurde geändert", "Es gilt die jetzige Fassung."),
        (pb.DocumentExtended, SAM, "Ihr Angebot AN-7 ist jetzt bis 20. März 2026 gültig", "verlängert"),
        (pb.DocumentWithdrawn, SAM, "Zurückgezogen: AN-7 von Elektro Wagner GmbH", "Grund: Irrtum"),
        (pb.DocumentDeclined, BOSS, "Abgelehnt: Angebot AN-7, Bäckerei Müller", "Grund: Zu teuer"),
        (pb.DocumentExpired, BOSS, "Abgelaufen: Angebot AN-7, Bäckerei Müller", "ohne Entscheidung abgelaufen"),
        (pb.DocumentExtensionRequested, BOSS, "Verlängerung gewünscht: Angebot AN-7, Bäckerei Müller", "Bitte bis Mai"),
        (pb.DocumentNewOfferRequested, BOSS, "Neues Angebot gewünscht: AN-7, Bäckerei Müller", "Bitte bis Mai"),
    ],
)
async def test_it_is_told_to_whom_it_concerns(
    desk: Any, merchant: Merchant, customer: Customer, quote: Document, event: Any, to: str, subject: str, said: str
) -> None:
    await desk.know(merchant, customer)
    fields = event.DESCRIPTOR.fields_by_name
    more = {"text": "Bitte bis Mai"} if "text" in fields else {"reason": "Irrtum"} if "reason" in fields else {}
    await desk.tell(event(document=quote, **more))
    [mail] = await desk.mails(1)
    assert (mail["to"], mail["subject"], said in mail["text"]) == ([to], subject, True)
    assert any(link.endswith(f"/dokumente/{quote.id}") for link in mail["links"]) is (to == BOSS)


async def test_an_amendment_says_what_is_new_even_when_another_follows(
    desk: Any, merchant: Merchant, customer: Customer, quote: Document
) -> None:
    quote.currency = "EUR"
    for change in (
        pb.Change(kind="line_added", name="Pufferspeicher", field="net", after="1190"),
        pb.Change(kind="line_changed", name="Montage", field="quantity", before="16", after="12"),
        pb.Change(kind="changed", field="valid_until", before="2026-03-13", after="2026-03-20"),
        pb.Change(kind="changed", field="totals.gross", before="4000", after="4900"),
    ):
        quote.changes.append(change)
    await desk.know(merchant, customer)
    first = pb.DocumentAmended(document=quote)
    del quote.changes[:]
    quote.version += 1
    await desk.tell(first)
    [mail] = await desk.mails(1)
    text = " ".join(mail["text"].split())
    for said in (
        "Pufferspeicher: neu, 1.190,00 €", "Montage, Menge: 12 statt 16", "Gültig bis: 20. März 2026 statt 13. März 2026",
        "Gesamtbetrag: 4.900,00 € statt 4.000,00 €", "https://",
    ):  # fmt: skip
        assert said in text, text


async def test_mails_about_a_quote_say_what_is_to_be_paid_with_the_acceptance(
    desk: Any, merchant: Merchant, customer: Customer, quote: Document
) -> None:
    quote.currency = "EUR"
    quote.selection.MergeFrom(pb.Selection(gross_minor=78719, asked_minor=23616))
    await desk.know(merchant, customer)
    await desk.tell(pb.DocumentAmended(document=quote))
    [mail] = await desk.mails(1)
    text = " ".join(mail["text"].replace("\u00a0", " ").split())
    assert "Mit der Annahme zu zahlen" in text
    assert "236,16 €" in text


async def test_an_acceptance_is_told_to_both(
    desk: Any, merchant: Merchant, customer: Customer, quote: Document
) -> None:
    await desk.know(merchant, customer)
    await desk.tell(pb.DocumentAccepted(document=quote))
    found = {mail["to"][0]: mail["text"] for mail in await desk.mails(2)}
    assert "Die Auftragsbestätigung folgt" in found[SAM]
    assert "Sam Smith hat das Angebot AN-7 für Bäckerei Müller angenommen." in found[BOSS]


async def test_a_quote_names_the_request_that_it_answers(
    desk: Any, merchant: Merchant, customer: Customer, quote: Document
) -> None:
    quote.references.add(kind="project", number="P-17")
    await desk.know(merchant, customer)
    await desk.tell(DocumentShared(document=quote))
    [mail] = await desk.mails(1)
    assert mail["subject"] == "Ihr Angebot AN-7 von Elektro Wagner GmbH – Projekt P-17"
    assert "Es ist gültig bis 20. März 2026." in mail["text"]


async def test_customers_are_reminded_once_of_each_last_day(
    desk: Any, merchant: Merchant, customer: Customer, quote: Document
) -> None:
    merchant.expiry_reminder_days = 3
    await desk.know(merchant, customer, quote)

    async def on(day: int) -> None:
        clock: Any = SimpleNamespace(now=lambda: datetime(2026, 3, day, 9, tzinfo=UTC))
        await remind(desk.app.state.db, desk.app.state.queue, clock)

    await on(16)
    assert await desk.mails(0) == []
    for day in (17, 18, 20):
        await on(day)
    [mail] = await desk.mails(1)
    assert (mail["to"], mail["subject"]) == ([SAM], "Ihr Angebot AN-7 ist bis 20. März 2026 gültig")
    quote.valid_until, quote.version = "2026-03-25", 2
    await desk.know(quote)
    await on(23)
    assert "25. März" in (await desk.mails(2))[1]["subject"]


async def test_a_merchant_whose_reminders_fail_holds_up_no_other(
    desk: Any, merchant: Merchant, customer: Customer, quote: Document
) -> None:
    merchant.expiry_reminder_days = 3
    broken = Merchant(
        id="00000000-0000-7000-8000-000000000001", slug="kaputt", epoch=1, version=1, time_zone="Nowhere/At-all"
    )
    broken.merchant_id = broken.id
    await desk.know(broken, merchant, customer, quote)
    clock: Any = SimpleNamespace(now=lambda: datetime(2026, 3, 18, 9, tzinfo=UTC))
    await remind(desk.app.state.db, desk.app.state.queue, clock)
    [mail] = await desk.mails(1)
    assert mail["to"] == [SAM]


async def test_merchants_are_asked_once_a_year_to_review_their_texts(desk: Any, merchant: Merchant) -> None:
    merchant.texts_reviewed_on = "2025-03-01"
    await desk.know(merchant)
    for _ in range(2):
        clock: Any = SimpleNamespace(now=lambda: datetime(2026, 3, 10, 9, tzinfo=UTC))
        await remind(desk.app.state.db, desk.app.state.queue, clock)
    [mail] = await desk.mails(1)
    assert (mail["to"], mail["subject"]) == (
        ["buero@elektro-wagner.example"], "Stimmen Ihre Texte und zusätzlichen Dokumente noch?",
    )  # fmt: skip
    assert "/einstellungen/zusatzdokumente" in mail["text"]


async def test_owners_are_asked_rather_than_the_contact_address(desk: Any, merchant: Merchant) -> None:
    merchant.texts_reviewed_on = "2025-03-01"
    people = [
        ("petra@elektro-wagner.example", "owner", True), ("paul@elektro-wagner.example", "sales", True),
        ("erna@elektro-wagner.example", "owner", False),
    ]  # fmt: skip
    staff = [
        StaffMember(id=str(uuid7()), merchant_id=merchant.id, epoch=1, version=1, name="P", email=email, role=role, active=works)
        for email, role, works in people
    ]  # fmt: skip
    await desk.know(merchant)
    await desk.tell(*(StaffMemberSnapshot(staff_member=one) for one in staff))
    clock: Any = SimpleNamespace(now=lambda: datetime(2026, 3, 10, 9, tzinfo=UTC))
    await remind(desk.app.state.db, desk.app.state.queue, clock)
    [mail] = await desk.mails(1)
    assert mail["to"] == ["petra@elektro-wagner.example"]


@pytest.mark.parametrize(
    ("may_accept", "other_may", "said"),
    [
        (True, False, "Bis dahin können Sie online auswählen, nachfragen und annehmen."),
        (False, True, "nachfragen und es an eine Person weiterleiten, die es annehmen darf."),
        (False, False, "Bis dahin können Sie es online ansehen und nachfragen."),
    ],
)
async def test_a_quote_asks_of_its_reader_what_they_may_do(
    desk: Any, merchant: Merchant, customer: Customer, quote: Document, *, may_accept: bool, other_may: bool, said: str
) -> None:
    merchant.document_types.add(type="quote", visible=True, can_accept=True)
    customer.contacts[1].may_accept, customer.contacts[0].may_accept = may_accept, other_may
    await desk.know(merchant, customer)
    await desk.tell(DocumentShared(document=quote))
    [mail] = await desk.mails(1)
    assert said in " ".join(mail["text"].split())
