"""Text blocks, texts that move over from other products, and what goes along with a shared document."""

from typing import Any
from uuid import uuid4

import pytest

from kontor.documents.v1.documents_pb2 import Document, DocumentShared, StandingDocumentVersion
from kontor.identity.v1.identity_pb2 import Customer, DocumentTypeSettings, Merchant
from kontor_notifications.kinds import text_of
from kontor_notifications.templates import syntax

BLOCKS = "/v1/templates/document_shared:invoice/de/blocks"
OTHER_MERCHANT = "01920000-0000-7000-8000-0000000000ff"
WORDS = {"name": "Stammkunden", "subject": "Rechnung [Rechnung.Nummer]", "text": "Moin!\n\n[Link]"}
TERMS = StandingDocumentVersion(
    id="01920000-0000-7000-8000-0000000000a1", title="AGB", kind="terms", name="agb.pdf", size=9,
    media_type="application/pdf", sha256="d" * 64,
)  # fmt: skip


async def put(desk: Any, id_: str, merchant: str | None = None, **changes: Any) -> Any:
    headers = desk.auth("templates:edit", **({"merchant": merchant} if merchant else {}))
    return await desk.http.put(f"{BLOCKS}/{id_}", json=WORDS | changes, headers=headers)


async def known(desk: Any) -> list[dict[str, Any]]:
    found = (await desk.http.get("/v1/templates", headers=desk.auth("templates:edit"))).json()["templates"]
    return next(one["blocks"] for one in found if (one["kind"], one["language"]) == ("document_shared:invoice", "de"))


async def test_the_preferred_block_is_used_and_the_usual_text_again_when_it_is_gone(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    await desk.know(merchant, customer)
    first, second = str(uuid4()), str(uuid4())
    assert (await put(desk, first, preferred=True)).status_code == 204
    assert (await put(desk, second, name="Neukunden", subject="Willkommen", preferred=True)).status_code == 204
    assert [(one["name"], one["preferred"]) for one in await known(desk)] == [
        ("Neukunden", True), ("Stammkunden", False),
    ]  # fmt: skip
    await desk.tell(DocumentShared(document=document))
    assert (await desk.mails(1))[0]["subject"] == "Willkommen"
    assert (await desk.http.delete(f"{BLOCKS}/{second}", headers=desk.auth("templates:edit"))).status_code == 204
    document.id = str(uuid4())
    await desk.tell(DocumentShared(document=document))
    assert (await desk.mails(2))[1]["subject"].startswith("Ihre Rechnung")


async def test_a_block_is_refused_at_its_field(desk: Any) -> None:
    assert (await put(desk, str(uuid4()))).status_code == 204
    taken = await put(desk, str(uuid4()), name=" stammkunden ")
    assert (taken.status_code, taken.json()["code"], taken.json()["field"]) == (409, "text_block_name_taken", "name")
    broken = await put(desk, str(uuid4()), name="Neu", text="Moin [Rechnung.Numer]")
    assert (broken.status_code, broken.json()["field"]) == (422, "text")
    assert "[Rechnung.nummer]" in broken.json()["errors"][0]["message"]
    assert len(await known(desk)) == 1


async def test_another_merchants_block_is_not_there(desk: Any) -> None:
    theirs = str(uuid4())
    await put(desk, theirs)
    assert (await put(desk, theirs, OTHER_MERCHANT, name="Fremd")).status_code == 404
    headers = desk.auth("templates:edit", merchant=OTHER_MERCHANT)
    assert (await desk.http.delete(f"{BLOCKS}/{theirs}", headers=headers)).status_code == 404
    assert [one["name"] for one in await known(desk)] == ["Stammkunden"]


async def test_a_text_of_orgamax_works_as_it_is(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    text = "Guten Tag,\n\n[SHAREHUB]Ihre Rechnung im shareHUB: <SHAREHUBLINK>[/SHAREHUB]\n\nMit freundlichen Grüßen"
    await put(desk, str(uuid4()), text=text, preferred=True)
    await desk.know(merchant, customer)
    await desk.tell(DocumentShared(document=document))
    [mail] = await desk.mails(1)
    assert f"Ihre Rechnung im shareHUB: https://portal.example/l/{document.id}.1" in mail["text"]
    merchant.portal_enabled, merchant.version = False, 2
    document.id = str(uuid4())
    await desk.know(merchant)
    await desk.tell(DocumentShared(document=document))
    assert "shareHUB" not in (await desk.mails(2))[1]["text"]


@pytest.mark.parametrize("text", ["[Invoice.customerportal_url]", "[Client.customerportal_url]", "<sharehublink>"])
def test_links_of_billomat_and_orgamax_are_known(text: str) -> None:
    invoice = text_of("document_shared:invoice")
    syntax.check(invoice, "Rechnung", text)
    assert [one.form for one in syntax.used(invoice, "", text, portal=True).values()] == ["link"]


@pytest.mark.parametrize(
    "text", ["[SHAREHUB]Hallo", "[SHAREHUB]Hallo[/PORTAL]", "Hallo[/SHAREHUB]", "[PORTAL][SHAREHUB]"]
)
def test_blocks_of_the_portal_have_to_match(text: str) -> None:
    with pytest.raises(syntax.TemplateInvalid) as refused:
        syntax.check(text_of("document_shared:invoice"), "Rechnung", text)
    assert {error["code"] for error in refused.value.errors} == {"portal_unbalanced"}


async def test_additional_documents_are_linked_also_by_a_text_that_does_not_name_them(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    await desk.know(merchant, customer)
    document.standing_documents.append(TERMS)
    await desk.tell(DocumentShared(document=document))
    link = f"https://portal.example/l/{document.id}.1?zusatz={TERMS.id}"
    [mail] = await desk.mails(1)
    assert (link in mail["links"], mail["attachments"]) == (True, [])
    await put(desk, str(uuid4()), text="Nur ein Satz.", preferred=True)
    await desk.tell(DocumentShared(document=document))
    assert link in (await desk.mails(2))[1]["links"]


async def test_additional_documents_are_attached_where_the_type_says_so_or_there_is_no_portal(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    merchant.document_types.append(DocumentTypeSettings(type="invoice", visible=True, attach_standing=True))
    await desk.know(merchant, customer)
    document.standing_documents.append(TERMS)
    await desk.tell(DocumentShared(document=document))
    [mail] = await desk.mails(1)
    assert [one["name"] for one in mail["attachments"]] == ["agb.pdf"]
    assert "Anlage" in mail["text"] or "agb.pdf" in mail["text"]
    del merchant.document_types[:]
    merchant.portal_enabled, merchant.version = False, 2
    await desk.know(merchant)
    document.id = str(uuid4())
    await desk.tell(DocumentShared(document=document))
    assert [one["name"] for one in (await desk.mails(2))[1]["attachments"]] == ["RE-2026-0042.pdf", "agb.pdf"]
