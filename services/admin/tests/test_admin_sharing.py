"""Sharing a document by hand, with its mail shown before."""

import asyncio

import httpx
from admin_shop import Shop, answer_of

from kontor_testing.waiting import eventually

SHARING = {"recipient": "", "subject": "Neu", "text": "wie immer", "usual_subject": "Alt", "usual_text": "wie immer"}


FINISHED = {
    "recipient": "anna@example.com",
    "name": "Anna",
    "language": "de",
    "subject": "Neu: RE-1",
    "text": "Hallo Anna",
    "html": "",
}


async def waiting(shop: Shop) -> tuple[str, str]:
    """A document that waits to be shared, and the path of the command."""
    customer = shop.customer("1", "Seidel")
    invoice = shop.document("RE-1", state="waiting", customer_id=customer.customer.id)
    await shop.told(customer, invoice)
    shop.owners.answers["POST", "/v1/mails/preview"] = {"mails": [FINISHED]}
    path = f"/v1/documents/{invoice.document.id}/share"
    shop.owners.answers["POST", path] = answer_of(shop.document("RE-1", id=invoice.document.id, version=2))
    return invoice.document.id, path


async def shared(shop: Shop, document_id: str, state: str) -> tuple[httpx.Response, str]:
    """Shared as it was seen, while the mail log learns of its mail: the answer, and the mail's id."""
    sent = asyncio.create_task(shop.post(f"/dokumente/{document_id}/teilen", {**SHARING, "seen": "on"}))
    await eventually(lambda: any(call[1].endswith("/share") for call in shop.owners.calls))
    mail = shop.mail(document_id=document_id, document_ids=[document_id], state=state)
    await shop.told(mail)
    return await sent, mail.mail.id


async def test_the_finished_mail_is_shown_before_it_is_shared_by_hand(shop: Shop) -> None:
    document_id, path = await waiting(shop)
    page = await shop.post(f"/dokumente/{document_id}/teilen", SHARING)
    assert page.status_code == 200
    for words in ("Neu: RE-1", "Hallo Anna", "anna@example.com"):
        assert words in page.text
    chosen = {"recipient": "", "subject": "Neu", "text": ""}
    assert shop.owners.calls == [("POST", "/v1/mails/preview", {"document_id": document_id, **chosen})]
    done, _mail = await shared(shop, document_id, "queued")
    assert shop.owners.calls[-1] == ("POST", path, chosen)
    assert done.headers["location"] == f"/dokumente/{document_id}"


async def test_a_mail_that_cannot_go_out_leads_to_where_it_can_be_corrected(shop: Shop) -> None:
    document_id, _path = await waiting(shop)
    done, mail = await shared(shop, document_id, "failed")
    assert done.headers["location"] == f"/mails/{mail}/erneut"


async def test_a_placeholder_that_is_not_known_stops_at_its_field(shop: Shop) -> None:
    document_id, _path = await waiting(shop)
    error = {"field": "text", "code": "unknown_placeholder", "message": "[Vorname] gibt es nicht."}
    shop.owners.refuse("POST", "/v1/mails/preview", 422, code="template_invalid", errors=[error])
    for seen in ({}, {"seen": "on"}):
        page = await shop.post(f"/dokumente/{document_id}/teilen", {**SHARING, "text": "Hallo [Vorname]", **seen})
        assert page.status_code == 422
        assert "[Vorname] gibt es nicht." in page.text
        assert "Hallo [Vorname]" in page.text
    assert {call[1] for call in shop.owners.calls} == {"/v1/mails/preview"}


async def test_while_mails_are_away_nothing_is_shared(shop: Shop) -> None:
    document_id, _path = await waiting(shop)
    shop.owners.refuse("POST", "/v1/mails/preview", 503)
    assert (await shop.post(f"/dokumente/{document_id}/teilen", {**SHARING, "seen": "on"})).status_code == 503
    assert {call[1] for call in shop.owners.calls} == {"/v1/mails/preview"}
