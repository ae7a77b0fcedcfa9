"""Templates, resend and snapshots over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from kontor.documents.v1.documents_pb2 import Document, DocumentShared
from kontor.identity.v1.identity_pb2 import Challenge, ChallengeIssued, Customer, Merchant
from kontor_notifications.mails.finished import delete_old_bodies
from kontor_notifications.mails.owners import Owners
from kontor_service.database import Database

INVOICE = "/v1/templates/document_shared:invoice/de"
OTHER_MERCHANT = "01920000-0000-7000-8000-0000000000ff"
WORDS = {"subject": "Rechnung [Rechnung.Nummer]", "text": "Moin [Contact.name]!\n\n[PORTAL][Link][/PORTAL]"}


async def test_the_merchants_own_words_replace_the_default(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    await desk.know(merchant, customer)
    answer = await desk.http.put(INVOICE, json=WORDS, headers=desk.auth("templates:edit"))
    assert answer.status_code == 204
    await desk.tell(DocumentShared(document=document))
    [mail] = await desk.mails(1)
    assert mail["subject"] == "Rechnung RE-2026-0042"
    assert mail["text"].startswith("Moin Erika Müller!")


async def test_an_unknown_placeholder_is_refused_and_nothing_changes(desk: Any) -> None:
    broken = {"subject": "Rechnung", "text": "Moin [Vorname]"}
    answer = await desk.http.put(INVOICE, json=broken, headers=desk.auth("templates:edit"))
    assert answer.status_code == 422
    assert (answer.json()["code"], answer.json()["field"]) == ("template_invalid", "text")
    assert "[Vorname]" in answer.json()["errors"][0]["message"]
    assert await desk.rows("SELECT kind FROM template") == []


@pytest.mark.parametrize("odd", ["\x00", "\x1b", "\ud800"])
@pytest.mark.parametrize("field", ["subject", "text"])
async def test_what_no_mail_can_carry_stops_at_its_field(desk: Any, field: str, odd: str) -> None:
    body = json.dumps(WORDS | {field: f"Moin {odd}"})
    headers = desk.auth("templates:edit") | {"content-type": "application/json"}
    answer = await desk.http.put(INVOICE, content=body, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), answer.text


async def test_the_list_shows_what_is_in_force_and_what_may_be_used(desk: Any) -> None:
    await desk.http.put(INVOICE, json=WORDS, headers=desk.auth("templates:edit"))
    answer = (await desk.http.get("/v1/templates", headers=desk.auth("templates:edit"))).json()
    by_key = {(one["kind"], one["language"]): one for one in answer["templates"]}
    assert by_key["document_shared:invoice", "de"] == {
        "kind": "document_shared:invoice", "label": "Document", "document_type": "invoice", "language": "de", "own": True,
        "blocks": [], **WORDS,
    }  # fmt: skip
    assert not by_key["document_shared:invoice", "en"]["own"]
    assert by_key["document_shared:invoice", "en"]["subject"].startswith("Your [Invoice.type]")
    names = [one["name"] for one in answer["placeholders"]["document_shared:invoice"]]
    assert "Document.customerportal_url" in names


async def test_a_template_can_be_put_back_and_written_again(desk: Any) -> None:
    auth = desk.auth("templates:edit")
    other = {"subject": "Anders", "text": "Anders: [Link]"}
    for words, kept in ((WORDS, WORDS), (other, other), (None, None), (None, None), (WORDS, WORDS)):
        sent = desk.http.put(INVOICE, json=words, headers=auth) if words else desk.http.delete(INVOICE, headers=auth)
        assert (await sent).status_code == 204
        rows = await desk.rows("SELECT subject, text FROM template")
        assert [dict(row) for row in rows] == ([kept] if kept else [])


async def test_another_merchants_words_are_out_of_sight(desk: Any) -> None:
    await desk.http.put(INVOICE, json=WORDS, headers=desk.auth("templates:edit"))
    other = await desk.http.get("/v1/templates", headers=desk.auth("templates:edit", merchant=OTHER_MERCHANT))
    assert not any(one["own"] for one in other.json()["templates"])


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/templates"), ("PUT", INVOICE), ("DELETE", INVOICE), ("POST", "/v1/templates/preview"),
     ("POST", "/v1/mails/01920000-0000-7000-8000-000000000001/resend"), ("POST", "/v1/mails/preview"),
     ("GET", "/v1/mails/01920000-0000-7000-8000-000000000001"), ("GET", "/v1/feed"), ("POST", "/v1/snapshots")],
)  # fmt: skip
async def test_every_route_asks_for_a_right(desk: Any, method: str, path: str) -> None:
    assert (await desk.http.request(method, path, json={})).status_code == 401
    assert (await desk.http.request(method, path, json={}, headers=desk.auth("account"))).status_code == 403


async def test_a_preview_shows_real_data_and_no_real_link(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    await desk.know(merchant, customer, document)
    trial = {"kind": "document_shared:invoice", "text": "Für [Client.name]: [Invoice.amount]\n\n[Link]"}
    answer = (await desk.http.post("/v1/templates/preview", json=trial, headers=desk.auth("templates:edit"))).json()
    assert answer["subject"] == "Ihre Rechnung RE-2026-0042 von Elektro Wagner GmbH"
    assert "Für Bäckerei Müller: 787,19\u00a0€" in answer["text"]
    assert "Rechnung ansehen und bezahlen" in answer["html"]
    assert desk.peers.asked("/v1/document-links") == []


@pytest.mark.parametrize("language", ["de", "en"])
async def test_every_kind_can_be_previewed_without_any_data(desk: Any, merchant: Merchant, language: str) -> None:
    await desk.know(merchant)
    auth = desk.auth("templates:edit")
    for kind in (await desk.http.get("/v1/templates", headers=auth)).json()["placeholders"]:
        trial = {"kind": kind, "language": language}
        answer = await desk.http.post("/v1/templates/preview", json=trial, headers=auth)
        assert answer.status_code == 200, kind
        assert "[" not in answer.json()["text"] + answer.json()["subject"], kind


async def sent_to(desk: Any, merchant: Merchant, customer: Customer, document: Document, address: str) -> str:
    document.share_recipient = address
    await desk.know(merchant, customer)
    await desk.tell(DocumentShared(document=document))
    [row] = await desk.log("failed" if address.startswith("refuse") else "sent")
    return str(row["id"])


async def again(desk: Any, mail_id: str, **body: Any) -> Any:
    return await desk.http.post(f"/v1/mails/{mail_id}/resend", json=body, headers=desk.auth("mails:resend"))


async def test_a_bounced_address_is_corrected_and_the_mail_sent_again(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    first = await sent_to(desk, merchant, customer, document, "refuse-550@example.org")
    answer = await again(desk, first, recipient="erika@example.org")
    assert (answer.status_code, answer.json()["kind"]) == (202, "notifications.mail")
    [mail] = await desk.mails(1)
    assert mail["to"] == ["erika@example.org"]
    [row] = await desk.log("sent")
    assert str(row["resend_of"]) == first


async def test_links_that_reached_a_wrong_address_end_before_the_mail_goes_again(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    first = await sent_to(desk, merchant, customer, document, "wrong@example.org")
    await again(desk, first, recipient="erika@example.org")
    old, new = await desk.mails(2)
    assert (old["links"], new["links"]) == (
        [f"https://portal.example/l/{document.id}.1"], [f"https://portal.example/l/{document.id}.2"],
    )  # fmt: skip


async def test_the_same_address_keeps_its_link(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    first = await sent_to(desk, merchant, customer, document, "erika@example.org")
    await again(desk, first)
    old, new = await desk.mails(2)
    assert old["links"] == new["links"]
    assert old["headers"]["Message-ID"] != new["headers"]["Message-ID"]


async def test_staffs_own_words_are_said_again(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    document.share_subject = "Wie besprochen"
    await desk.know(document)
    first = await sent_to(desk, merchant, customer, document, "erika@example.org")
    await again(desk, first)
    assert [mail["subject"] for mail in await desk.mails(2)] == ["Wie besprochen"] * 2


async def test_a_mail_whose_words_were_refused_is_corrected_and_sent(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    document.share_text = "Hallo [Vorname]"
    await desk.know(merchant, customer)
    await desk.tell(DocumentShared(document=document))
    [first] = await desk.log("failed")
    look = (await desk.http.get(f"/v1/mails/{first['id']}", headers=desk.auth("mails:resend"))).json()
    assert (look["html"], look["own"]["text"]) == ("", "Hallo [Vorname]")
    refused = await again(desk, first["id"], text="Hallo [Nachname]")
    assert (refused.status_code, refused.json()["field"]) == (422, "text")
    assert (await again(desk, first["id"], text="Hallo [Contact.name]")).status_code == 202
    [mail] = await desk.mails(1)
    assert mail["text"].startswith("Hallo Erika Müller")


async def share_preview(desk: Any, document: Document, **choice: str) -> Any:
    body = {"document_id": document.id, **choice}
    return await desk.http.post("/v1/mails/preview", json=body, headers=desk.auth("mails:resend"))


async def test_the_finished_mail_is_shown_before_a_document_is_shared(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    document.state = "waiting"
    await desk.know(merchant, customer, document)
    [usual] = (await share_preview(desk, document)).json()["mails"]
    assert (usual["recipient"], usual["name"]) == ("erika@baeckerei-mueller.example", "Erika Müller")
    assert usual["subject"] == "Ihre Rechnung RE-2026-0042 von Elektro Wagner GmbH"
    assert "787,19\u00a0€" in usual["text"]
    [own] = (
        await share_preview(desk, document, recipient="chef@example.org", text="Bis [Invoice.due_date], bitte")
    ).json()["mails"]
    assert (own["recipient"], own["text"].splitlines()[0]) == ("chef@example.org", "Bis 16. März 2026, bitte")
    assert await desk.rows("SELECT id FROM mail") == []
    assert desk.peers.asked("/v1/document-links") == []


@pytest.mark.parametrize(("choice", "field", "code"), [
    ({"text": "Hallo [Vorname]"}, "text", "unknown_placeholder"),
    ({"subject": "Für [Vorname]"}, "subject", "unknown_placeholder"),
    ({"text": "Bis [Invoice.valid_until], bitte"}, "text", "placeholder_empty"),
    ({"subject": "[Invoice.title]"}, "subject", "placeholder_empty"),
])  # fmt: skip
async def test_a_placeholder_that_says_nothing_stops_at_its_field(
    desk: Any, merchant: Merchant, customer: Customer, document: Document, choice: dict[str, str], field: str, code: str
) -> None:
    await desk.know(merchant, customer, document)
    answer = await share_preview(desk, document, **choice)
    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]


async def test_a_placeholder_alone_on_its_line_may_be_empty(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    await desk.know(merchant, customer, document)
    answer = await share_preview(desk, document, text="Hallo\n\n[Attachments]\n\n[Invoice.title]")
    assert answer.json()["mails"][0]["text"].startswith("Hallo\n\n-- ")


async def test_a_sent_mail_can_be_read_as_it_went_out_without_its_secrets(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    merchant.logo_sha256, merchant.logo_media_type, merchant.logo_shown = "d" * 64, "image/png", True
    await desk.know(merchant)
    first = await sent_to(desk, merchant, customer, document, "erika@example.org")
    look = (await desk.http.get(f"/v1/mails/{first}", headers=desk.auth("mails:resend"))).json()
    [mail] = await desk.mails(1)
    assert look["subject"] == mail["subject"]
    assert look["text"].splitlines()[:3] == mail["text"].splitlines()[:3]
    assert 'src="data:image/png;base64,' in look["html"]
    assert "https://portal.example/elektro-wagner" in look["html"]
    assert "/l/" not in look["html"] + look["text"]
    other = desk.auth("mails:resend", merchant=OTHER_MERCHANT)
    assert (await desk.http.get(f"/v1/mails/{first}", headers=other)).status_code == 404


@pytest.mark.parametrize(("method", "path", "right"), [
    ("GET", "/v1/mails/{}", "mails:resend"), ("POST", "/v1/templates/preview", "templates:edit"),
])  # fmt: skip
async def test_identity_is_asked_for_the_logo_outside_of_transactions(
    desk: Any, merchant: Merchant, customer: Customer, document: Document, monkeypatch: pytest.MonkeyPatch,
    method: str, path: str, right: str,
) -> None:  # fmt: skip
    merchant.logo_sha256, merchant.logo_media_type, merchant.logo_shown = "d" * 64, "image/png", True
    first = await sent_to(desk, merchant, customer, document, "erika@example.org")
    inside, asked, transaction, logo = set(), list[bool](), Database.transaction, Owners.logo

    @asynccontextmanager
    async def watched(database: Database, *words: Any, **named: Any) -> AsyncIterator[Any]:
        async with transaction(database, *words, **named) as session:
            inside.add(asyncio.current_task())
            try:
                yield session
            finally:
                inside.discard(asyncio.current_task())

    async def ask(owners: Owners, of: Merchant) -> bytes | None:
        asked.append(asyncio.current_task() in inside)
        return await logo(owners, of)

    monkeypatch.setattr(Database, "transaction", watched)
    monkeypatch.setattr(Owners, "logo", ask)
    body = {"json": {"kind": "document_shared:invoice"}} if method == "POST" else {}
    answer = await desk.http.request(method, path.format(first), headers=desk.auth(right), **body)
    assert (answer.status_code, asked) == (200, [False])
    assert 'src="data:image/png;base64,' in answer.json()["html"]


@pytest.mark.parametrize("choice", [
    {"recipient": "erika"}, {"recipient": "a@example.org, b@example.org"}, {"recipient": "a" * 250 + "@example.org"},
    {"subject": "a" * 201}, {"text": "a" * 10_001},
])  # fmt: skip
async def test_what_no_mail_can_carry_is_refused_at_its_field(
    desk: Any, merchant: Merchant, customer: Customer, document: Document, choice: dict[str, str]
) -> None:
    first = await sent_to(desk, merchant, customer, document, "refuse-550@example.org")
    for answer in (await share_preview(desk, document, **choice), await again(desk, first, **choice)):
        assert (answer.status_code, answer.json()["field"]) == (422, next(iter(choice)))


async def test_the_code_of_a_sent_mail_is_covered(desk: Any, merchant: Merchant) -> None:
    await desk.know(merchant)
    state = Challenge(
        id=OTHER_MERCHANT, merchant_id=merchant.id, epoch=1, version=1, kind="login_code", email="a@example.org"
    )
    await desk.tell(ChallengeIssued(challenge=state))
    [row] = await desk.log("sent")
    look = (await desk.http.get(f"/v1/mails/{row['id']}", headers=desk.auth("mails:resend"))).json()
    assert "••• •••" in look["text"]
    assert "482" not in look["text"]


async def test_what_mails_said_is_forgotten_after_two_weeks(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    await sent_to(desk, merchant, customer, document, "erika@example.org")
    await delete_old_bodies(desk.app.state.db)
    assert len(await desk.rows("SELECT mail_id FROM mail_body")) == 1
    await desk.rows("UPDATE mail_body SET created_at = now() - interval '15 days'")
    await delete_old_bodies(desk.app.state.db)
    assert await desk.rows("SELECT mail_id FROM mail_body") == []


async def test_what_is_no_address_is_refused(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    first = await sent_to(desk, merchant, customer, document, "refuse-550@example.org")
    answer = await again(desk, first, recipient="erika@example.org, b@example.org")
    assert (answer.status_code, answer.json()["field"]) == (422, "recipient")


async def test_a_code_is_not_sent_again(desk: Any, merchant: Merchant) -> None:
    await desk.know(merchant)
    state = Challenge(
        id=OTHER_MERCHANT, merchant_id=merchant.id, epoch=1, version=1, kind="login_code", email="a@example.org"
    )
    await desk.tell(ChallengeIssued(challenge=state))
    [row] = await desk.log("sent")
    answer = await again(desk, row["id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "mail_not_repeatable")


async def test_another_merchants_mail_does_not_exist(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    first = await sent_to(desk, merchant, customer, document, "erika@example.org")
    auth = desk.auth("mails:resend", merchant=OTHER_MERCHANT)
    assert (await desk.http.post(f"/v1/mails/{first}/resend", json={}, headers=auth)).status_code == 404


async def test_snapshots_tell_every_mail_again(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    await sent_to(desk, merchant, customer, document, "erika@example.org")
    answer = await desk.http.post("/v1/snapshots", headers=desk.auth("service", merchant=None))
    assert answer.json() == {"counts": {"notifications.mail": 1, "notifications.incoming_mail": 0}}
    rows = await desk.rows("SELECT type FROM outbox WHERE type LIKE 'notifications.%.snapshot.v1' ORDER BY type")
    assert [row["type"] for row in rows] == ["notifications.mail.snapshot.v1"]
