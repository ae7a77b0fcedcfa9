"""A shared document becomes a mail."""

import json
from typing import Any

import pytest

from kontor.documents.v1.documents_pb2 import Document, DocumentShared, DocumentWithdrawn
from kontor.identity.v1.identity_pb2 import Customer, Merchant


def another(document: Document, index: int, **changes: Any) -> Document:
    copy = Document()
    copy.CopyFrom(document)
    copy.id = f"01920000-0000-7000-8000-0000000001{index:02}"
    copy.number = f"RE-2026-01{index:02}"
    for name, value in changes.items():
        setattr(copy, name, value)
    return copy


async def test_a_shared_invoice_reaches_the_contact_person_with_its_link(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    await desk.know(merchant, customer)
    await desk.tell(DocumentShared(document=document))
    [mail] = await desk.mails(1)
    assert mail["to"] == ["erika@baeckerei-mueller.example"]
    assert mail["subject"] == "Ihre Rechnung RE-2026-0042 von Elektro Wagner GmbH"
    assert f"https://portal.example/l/{document.id}.1" in mail["links"]
    assert "787,19\u00a0€" in mail["text"]
    assert mail["attachments"] == []
    [row] = await desk.log("sent")
    assert (row["attempts"], row["subject"], row["document_number"]) == (1, mail["subject"], "RE-2026-0042")


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"kind": "partial"}, "Abschlagsrechnung"),
        ({"kind": "corrected", "gross_minor": -11900, "amount_due_minor": -11900}, "Korrekturrechnung"),
        ({"amount_due_minor": -3100}, "Rechnung"),
        ({"kind": "self_billed"}, "Gutschrift"),
    ],
)
async def test_a_mail_calls_the_invoice_what_it_is(
    desk: Any, merchant: Merchant, customer: Customer, document: Document, changes: dict[str, Any], name: str
) -> None:
    await desk.know(merchant, customer)
    await desk.tell(DocumentShared(document=another(document, 1, **changes)))
    [mail] = await desk.mails(1)
    assert mail["subject"] == f"Ihre {name} RE-2026-0101 von Elektro Wagner GmbH"


async def test_each_contact_who_gets_the_type_is_written_to_in_their_language(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    customer.contacts[0].gets_quotes = True
    quote = another(document, 1, type="quote", number="AN-7")
    await desk.know(merchant, customer)
    await desk.tell(DocumentShared(document=quote))
    german, english = sorted(await desk.mails(2), key=lambda mail: mail["to"])
    assert (german["to"], german["subject"]) == (
        ["erika@baeckerei-mueller.example"], "Ihr Angebot AN-7 von Elektro Wagner GmbH",
    )  # fmt: skip
    assert (english["to"], english["subject"]) == (
        ["sam@baeckerei-mueller.example"], "Your quote AN-7 from Elektro Wagner GmbH",
    )  # fmt: skip
    assert english["text"].startswith("Hello Sam Smith,")


async def test_without_a_contact_for_the_type_the_customer_gets_it(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    customer.contacts[0].access = "revoked"
    await desk.know(merchant, customer)
    await desk.tell(DocumentShared(document=document))
    [mail] = await desk.mails(1)
    assert mail["to"] == ["post@baeckerei-mueller.example"]
    assert mail["text"].startswith("Guten Tag,")


async def test_documents_released_together_reach_a_recipient_in_one_mail(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    desk.hold_mails()
    together = [another(document, number) for number in (1, 2, 3)]
    await desk.know(merchant, customer)
    await desk.tell(*(DocumentShared(document=one) for one in together))
    await desk.end_pauses()
    [mail] = await desk.mails(1)
    assert mail["subject"] == "3 neue Dokumente von Elektro Wagner GmbH"
    for one in together:
        assert one.number in mail["text"]
        assert f"https://portal.example/l/{one.id}.1" in mail["links"]


async def test_staff_choose_recipient_and_words_for_one_share(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    document.share_recipient = "chef@example.org"
    document.share_subject = "Wie besprochen: [Invoice.number]"
    document.share_text = "Hallo Kalle,\n\n[PORTAL][Invoice.customerportal_url][/PORTAL]"
    await desk.know(merchant, customer)
    await desk.tell(DocumentShared(document=document))
    [mail] = await desk.mails(1)
    assert mail["to"] == ["chef@example.org"]
    assert mail["subject"] == "Wie besprochen: RE-2026-0042"
    assert mail["text"].startswith("Hallo Kalle,")
    [row] = await desk.log("sent")
    assert (row["own_subject"], row["own_text"]) == ("", "")


async def test_words_with_an_unknown_placeholder_are_never_sent(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    document.share_text = "Hallo [Vorname]"
    await desk.know(merchant, customer)
    await desk.tell(DocumentShared(document=document))
    [row] = await desk.log("failed")
    assert (row["error"], json.loads(row["error_params"])["mark"]) == ("text_invalid", "Vorname")
    await desk.mails(0)


async def test_without_any_address_the_log_says_so(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    del customer.contacts[:]
    customer.email = ""
    await desk.know(merchant, customer)
    await desk.tell(DocumentShared(document=document))
    [row] = await desk.log("failed")
    assert row["error"] == "no_address"


async def test_with_the_portal_off_the_files_come_instead_of_the_link(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    customer.portal_access = "off"
    await desk.know(merchant, customer)
    await desk.tell(DocumentShared(document=document))
    [mail] = await desk.mails(1)
    assert [file["name"] for file in mail["attachments"]] == ["RE-2026-0042.pdf"]
    assert mail["links"] == []
    assert "Im Anhang: RE-2026-0042.pdf" in mail["text"]
    assert desk.peers.asked("/v1/document-links") == []


async def test_a_customer_who_wants_files_gets_them_besides_the_link(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    customer.mail_mode = "link_and_files"
    await desk.know(merchant, customer)
    await desk.tell(DocumentShared(document=document))
    [mail] = await desk.mails(1)
    assert [file["name"] for file in mail["attachments"]] == ["RE-2026-0042.pdf"]
    assert len(mail["links"]) == 1


async def test_files_beyond_the_limit_stay_behind_the_link(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    customer.mail_mode = "link_and_files"
    document.files[0].size = 10_000_001
    await desk.know(merchant, customer)
    await desk.tell(DocumentShared(document=document))
    [mail] = await desk.mails(1)
    assert mail["attachments"] == []


async def test_a_document_withdrawn_before_the_mail_goes_out_is_not_mailed(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    desk.hold_mails()
    await desk.know(merchant, customer)
    await desk.tell(DocumentShared(document=document))
    document.state, document.version = "withdrawn", 2
    await desk.tell(DocumentWithdrawn(document=document, reason="Irrtum"))
    await desk.end_pauses()
    [row] = await desk.log("suppressed")
    assert row["error"] == "not_shared"
    await desk.mails(0)


async def test_the_logo_comes_along(desk: Any, merchant: Merchant, customer: Customer, document: Document) -> None:
    merchant.logo_sha256, merchant.logo_media_type, merchant.logo_shown = "d" * 64, "image/png", True
    await desk.know(merchant, customer)
    await desk.tell(DocumentShared(document=document))
    [mail] = await desk.mails(1)
    assert 'src="data:image/png;base64,' in mail["html"]
    assert mail["attachments"] == []


async def test_a_document_that_cannot_be_mailed_holds_up_no_other(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    desk.hold_mails()
    customer.mail_mode = "link_and_files"
    together = [another(document, number) for number in (1, 2, 3)]
    desk.peers.failing[f"/v1/documents/{together[1].id}/files"] = 404
    await desk.know(merchant, customer)
    await desk.tell(*(DocumentShared(document=one) for one in together))
    await desk.end_pauses()
    mails = await desk.mails(2)
    assert {mail["subject"] for mail in mails} == {
        f"Ihre Rechnung {together[n].number} von Elektro Wagner GmbH" for n in (0, 2)
    }
    [bundle] = await desk.log("suppressed")
    assert bundle["error"] == "split"
    [failed] = await desk.log("failed")
    assert (failed["error"], failed["document_number"]) == ("owner_refused", together[1].number)


async def test_a_document_of_no_group_goes_to_who_gets_all_others(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    await desk.know(merchant, customer)
    await desk.tell(DocumentShared(document=another(document, 1, type="other")))
    [mail] = await desk.mails(1)
    assert mail["to"] == ["erika@baeckerei-mueller.example"]


async def test_no_link_is_left_in_the_database_and_no_text_on_the_bus(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    await desk.know(merchant, customer)
    await desk.tell(DocumentShared(document=document))
    await desk.log("sent")
    rows = await desk.rows(
        "SELECT to_jsonb(m)::text AS row FROM mail m UNION ALL SELECT encode(payload, 'escape') FROM outbox"
        " UNION ALL SELECT to_jsonb(f)::text FROM feed_event f"
    )
    for row in rows:
        assert "/l/" not in row["row"]
        assert "liegt für Sie bereit" not in row["row"]
    [body] = await desk.rows("SELECT text, html FROM mail_body")
    for said in body:
        assert "liegt für Sie bereit" in said
        assert "https://portal.example/elektro-wagner" in said
        assert "/l/" not in said
