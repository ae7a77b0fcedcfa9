"""Board, release list, uploads, keys, settings."""

import asyncio
import re
from datetime import timedelta
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest
from admin_shop import NOW, RIGHTS, Shop, answer_of, cookies, session_state, tell_sessions

from kontor.documents.v1 import documents_pb2
from kontor.identity.v1 import identity_pb2


async def test_the_board_sums_what_is_open_on_its_way_late_and_paid(shop: Shop) -> None:
    documents = [shop.document(f"RE-{n}") for n in range(4)]
    ids = [d.document.id for d in documents]
    await shop.told(
        *documents,
        shop.receivable(ids[0], open_minor=100_00),
        shop.receivable(ids[1], open_minor=50_50, due_date="2026-11-02"),
        shop.receivable(ids[2], state="on_its_way", open_minor=0, pending_minor=23_00, expected_on="2026-11-25"),
        shop.receivable(ids[3], state="paid", open_minor=0, paid_minor=77_00),
        # A reminder's figures are its invoice's.
        shop.receivable(str(uuid4()), repeats_document_ids=[ids[0]], due_date="2026-11-01"),
        shop.payment(ids[3], amount_minor=77_00),
        shop.payment(ids[3], amount_minor=99_00, state="failed"),
        # By the day of the payment, not of its booking.
        shop.payment(ids[3], amount_minor=11_00, settled_at=NOW - timedelta(days=40)),
        shop.payment(ids[3], amount_minor=12_00, settled_at=NOW + timedelta(days=40)),
    )
    board = (await shop.client.get("/api/admin/v1/board")).json()
    assert board["open"] == [{"currency": "EUR", "minor": 150_50, "many": 2}]
    assert board["late"] == [{"currency": "EUR", "minor": 50_50, "many": 1}]
    assert board["oldest_late_days"] == 19
    assert board["pending"] == [{"currency": "EUR", "minor": 23_00, "many": 1}]
    assert board["paid"] == [{"currency": "EUR", "minor": 77_00, "many": 1}]
    page = await shop.page("/")
    assert "150,50\u00a0€" in page
    assert "älteste seit 19 Tagen" in page
    assert "Bezahlt im November" in page


async def test_the_board_tells_what_happened_last(shop: Shop) -> None:
    customer = shop.customer("1", "Weinhaus <Kögl>")
    invoice = shop.document("RE-1", customer_id=customer.customer.id, first_opened_at=NOW)
    paid = shop.payment(invoice.document.id, document_number="RE-1", customer_id=customer.customer.id)
    await shop.told(customer, invoice, paid, shop.receivable(invoice.document.id, state="paid", open_minor=0))
    page = await shop.page("/")
    assert "<strong>Weinhaus &lt;Kögl&gt;</strong> hat 119,00\u00a0€ für" in page
    assert "vollständig bezahlt" in page


async def test_the_release_list_says_what_stands_against_each(shop: Shop) -> None:
    def issue(code: str, severity: str = "blocker") -> documents_pb2.Issue:
        return documents_pb2.Issue(code=code, message=f"about {code}", severity=severity)

    await shop.told(
        shop.document("RE-1", state="waiting"),
        shop.document("RE-2", state="waiting", issues=[issue("unmatched_customer")], customer_number="20931"),
        shop.document("RE-3", state="waiting", issues=[issue("no_email")]),
        shop.document("RE-4", state="waiting", issues=[issue("BR-CO-17"), issue("no_email")]),
        shop.document("RE-5", state="waiting", issues=[issue("portal_off", "warning")]),
    )
    answer = (await shop.client.get("/api/admin/v1/release")).json()
    assert answer["groups"] == {"ready": 2, "unmatched": 1, "no_email": 1, "invalid": 1}
    page = await shop.page("/freigabe")
    assert "wartet auf Kunde 20931" in page
    assert "/kunden/neu?nummer=20931&amp;name=" in page
    assert "about BR-CO-17 (BR-CO-17)" in page
    assert "Alle 2 freigeben" in page


async def test_releasing_together_tells_how_many_went_and_why_one_did_not(shop: Shop) -> None:
    one, other = shop.document("RE-1", state="waiting"), shop.document("RE-2", state="waiting")
    await shop.told(one, other)
    shared = shop.document("RE-1", id=one.document.id, version=2)
    shop.owners.answers["POST", "/v1/releases"] = {
        "released": [answer_of(shared)],
        "refused": [{"id": other.document.id, "error": {"code": "no_email", "detail": "Keine E-Mail-Adresse"}}],
    }
    answer = await shop.post("/freigabe/alle")
    assert sorted(shop.owners.calls[-1][2]["ids"]) == sorted([one.document.id, other.document.id])
    cookie = f"{cookies(shop.cookie)}; {answer.headers['set-cookie'].split(';')[0]}"
    page = (await shop.client.get("/freigabe", headers={"cookie": cookie})).text
    assert "Ein Dokument freigegeben" in page
    assert "Eines konnte nicht freigegeben werden: Keine E-Mail-Adresse" in page
    assert ">RE-1</a>" not in page


async def test_each_uploaded_file_has_its_own_result(shop: Shop) -> None:
    document = shop.document("RE-77", state="waiting")
    submission = documents_pb2.Submission(
        id=str(uuid4()), merchant_id=str(shop.merchant_id), epoch=1, version=1, status="processed", source="upload",
        file_name="gut.xml", document_id=document.document.id, received_at=NOW,
    )  # fmt: skip
    await shop.told(document, documents_pb2.SubmissionSnapshot(submission=submission))
    shop.owners.answers["POST", "/v1/submissions"] = {"id": submission.id, "status": "accepted"}
    files = [
        ("file", ("gut.xml", b"<x/>", "text/xml")),
        ("file", ("leer.pdf", b"", "application/pdf")),
        ("file", ("gross.pdf", b"x" * 1001, "application/pdf")),
    ]
    answer = await shop.post("/hochladen", files=files)
    assert answer.status_code == 422
    assert "RE-77" in answer.text
    assert "Die Datei ist leer." in answer.text
    assert "Die Datei ist größer als" in answer.text
    assert [call[1] for call in shop.owners.calls] == ["/v1/submissions"]


async def test_the_owner_is_told_the_name_of_an_uploaded_file_with_all_its_letters(shop: Shop) -> None:
    shop.owners.answers["POST", "/v1/submissions"] = {"id": str(uuid4()), "status": "accepted"}
    await shop.post("/hochladen/datei", files=[("file", ("Übersicht März 100%.xml", b"<x/>", "text/xml"))])
    assert unquote(shop.owners.file_names[-1]) == "Übersicht März 100%.xml"


def upload_of(shop: Shop, **fields: Any) -> Any:
    submission = documents_pb2.Submission(
        **{"id": str(uuid4()), "merchant_id": str(shop.merchant_id), "epoch": 1, "version": 1, "source": "upload",
           "received_at": NOW, "status": "rejected"} | fields
    )  # fmt: skip
    return documents_pb2.SubmissionSnapshot(submission=submission)


async def test_the_upload_page_shows_what_was_uploaded_with_all_findings_and_the_way_on(shop: Shop) -> None:
    held = shop.document(
        "RE-78", state="waiting", customer_number="99999",
        issues=[documents_pb2.Issue(code="unmatched_customer", message="Customer unknown", severity="blocker"),
                documents_pb2.Issue(code="type_hidden", message="The portal does not show this type", severity="blocker")],
    )  # fmt: skip
    making = shop.document(
        "RE-79", state="waiting", issues=[documents_pb2.Issue(code="in_production", message="", severity="blocker")]
    )
    await shop.told(
        held, making,
        upload_of(shop, file_name="held.xml", status="processed", document_id=held.document.id),
        upload_of(shop, file_name="making.xml", status="processed", document_id=making.document.id),
        upload_of(shop, file_name="erp.xml", source="http"),
        upload_of(shop, file_name="broken.xml", error_code="xml_broken", error_message_id="There was no file."),
    )  # fmt: skip
    page = await shop.page("/hochladen")
    assert "/kunden/neu?nummer=99999" in page
    assert f"/dokumente/{held.document.id}/zuordnen" in page
    assert 'href="/einstellungen/dokumente">Diese Dokumentart anzeigen' in page
    assert page.count("data-poll=") == 1
    assert "wird vorbereitet" in page
    assert "erp.xml" not in page
    assert "broken.xml" in page


async def test_a_plain_pdf_is_completed_in_a_short_form(shop: Shop) -> None:
    upload = upload_of(shop, file_name="rechnung.pdf", error_code="data_missing")
    await shop.told(upload)
    path = f"/hochladen/{upload.submission.id}/angaben"
    assert f'href="{path}"' in await shop.page("/hochladen")
    form = {"type": "invoice", "customer_number": "20931", "number": "R-7", "issue_date": "2026-11-12", "due_date": ""}
    missing = await shop.post(path, form)
    assert missing.status_code == 422
    shop.owners.answers["POST", f"/v1/submissions/{upload.submission.id}/again"] = {"id": "x", "status": "accepted"}
    assert (await shop.post(path, form | {"amount": "1.190,00"})).headers["location"] == "/hochladen"
    data = shop.owners.calls[-1][2]["data"]
    assert (data["totals"]["due"], data["number"], "due_date" in data) == ("1190.00", "R-7", False)


async def test_a_person_decides_whether_a_waiting_document_is_replaced(shop: Shop) -> None:
    upload = upload_of(
        shop, error_code="would_replace", error_message_id="This document is here already, with another content.",
        error_params={"document_id": str(uuid4())},
    )  # fmt: skip
    await shop.told(upload)
    path = f"/hochladen/{upload.submission.id}/ersetzen"
    page = await shop.page("/hochladen")
    assert "Dieses Dokument ist schon da, mit anderem Inhalt." in page
    assert f'action="{path}"' in page
    shop.owners.answers["POST", f"/v1/submissions/{upload.submission.id}/again"] = {"id": "x", "status": "accepted"}
    assert (await shop.post(path)).headers["location"] == "/hochladen"
    assert shop.owners.calls[-1][2] == {"replace": True}


async def test_a_refused_file_says_why_in_german(shop: Shop) -> None:
    shop.owners.refuse("POST", "/v1/submissions", 422, code="xml_broken", detail="Zeile 1 ist nicht lesbar.")
    answer = await shop.post("/hochladen/datei", files=[("file", ("a.xml", b"<x", "text/xml"))])
    assert answer.status_code == 422
    assert "Zeile 1 ist nicht lesbar." in answer.text


async def test_an_api_key_is_shown_once(shop: Shop) -> None:
    key = identity_pb2.ApiKey(
        id=str(uuid4()), merchant_id=str(shop.merchant_id), epoch=1, version=1, name="ERP", prefix="kontor_ab",
        scopes=["documents:submit"], created_at=NOW,
    )  # fmt: skip
    shop.owners.answers["POST", "/v1/api-keys"] = answer_of(
        identity_pb2.ApiKeySnapshot(api_key=key), key="kontor_abSECRET"
    )
    answer = await shop.post("/einstellungen/schluessel", {"name": "ERP", "scopes": ["documents:submit"]})
    assert "kontor_abSECRET" in answer.text
    page = await shop.page("/einstellungen/schluessel")
    assert "SECRET" not in page
    assert "kontor_ab" in page
    assert "nie<" in page
    used = identity_pb2.ApiKey()
    used.CopyFrom(key)
    used.version, used.last_used_at.seconds = 2, int(NOW.timestamp())
    await shop.told(identity_pb2.ApiKeySnapshot(api_key=used))
    assert "nie<" not in await shop.page("/einstellungen/schluessel")


async def test_a_new_api_key_starts_with_no_right(shop: Shop) -> None:
    assert not re.search(r'name="scopes"[^>]* checked', await shop.page("/einstellungen/schluessel"))
    answer = await shop.post("/einstellungen/schluessel", {"name": "ERP"})
    assert answer.status_code == 422


async def test_how_customers_reach_the_merchant_stands_with_the_company(shop: Shop) -> None:
    shop.owners.answers["PATCH", "/v1/merchant"] = answer_of(shop.merchant(version=2))
    form = {"name": "Brunner", "contact_email": "b@example.com", "contact_phone": "0821 1", "country": "DE"}
    assert (await shop.post("/einstellungen/firma", form)).status_code == 303
    wanted = shop.owners.calls[-1][2]
    assert (wanted["contact_email"], wanted["contact_phone"]) == ("b@example.com", "0821 1")
    assert "contact_email" not in await shop.page("/einstellungen")


async def test_terms_of_payment_stand_with_the_company(shop: Shop) -> None:
    terms = {"payment_days": 14, "discount_days": 7, "discount_percent": "2.5"}
    shop.owners.answers["PATCH", "/v1/merchant"] = answer_of(shop.merchant(version=2, **terms))
    form = {"name": "Brunner", "country": "DE", "payment_days": "14", "discount_days": "7", "discount_percent": "2,5"}
    assert (await shop.post("/einstellungen/firma", form)).status_code == 303
    assert terms.items() <= shop.owners.calls[-1][2].items()
    assert 'value="2,5"' in await shop.page("/einstellungen/firma")


async def test_further_accounts_of_the_merchant_stand_with_the_company_one_per_line(shop: Shop) -> None:
    ibans = ["DE02120300000000202051", "DE89370400440532013000"]
    shop.owners.answers["PATCH", "/v1/merchant"] = answer_of(shop.merchant(version=2, further_ibans=ibans))
    form = {"name": "Brunner", "country": "DE", "further_ibans": f"{ibans[0]}\r\n\r\n{ibans[1]}\r\n{ibans[0]}"}
    assert (await shop.post("/einstellungen/firma", form)).status_code == 303
    assert shop.owners.calls[-1][2]["further_ibans"] == ibans
    assert "\n".join(ibans) in await shop.page("/einstellungen/firma")


@pytest.mark.parametrize(
    ("terms", "word"),
    [
        ({"discount_days": "7"}, "Zum Skonto gehören Tage und Prozentsatz."),
        ({"discount_percent": "2"}, "Zum Skonto gehören Tage und Prozentsatz."),
        ({"discount_days": "7", "discount_percent": "2"}, "Zum Skonto gehört ein Zahlungsziel."),
        ({"payment_days": "7", "discount_days": "7", "discount_percent": "2"}, "muss vor der Fälligkeit enden."),
        ({"payment_days": "bald"}, "Bitte geben Sie eine ganze Zahl bis 365 ein."),
    ],
)
async def test_terms_of_payment_that_make_no_sense_are_named_at_their_field(
    shop: Shop, terms: dict[str, str], word: str
) -> None:
    answer = await shop.post("/einstellungen/firma", {"name": "Brunner", "country": "DE", **terms})
    assert answer.status_code == 422
    assert word in answer.text


async def test_settings_send_what_was_chosen(shop: Shop) -> None:
    shop.owners.answers["PATCH", "/v1/merchant"] = answer_of(shop.merchant(version=2, portal_enabled=False))
    form = {"automatic_release": "on", "language": "de", "document_view": "data", "receipt_cashier": "name"}
    assert (await shop.post("/einstellungen", form)).status_code == 303
    wanted = shop.owners.calls[-1][2]
    assert wanted["automatic_release"] is True
    assert wanted["portal_enabled"] is False
    assert not re.search(r'id="portal_enabled"[^>]* checked', await shop.page("/einstellungen"))


async def test_payment_settings_stand_without_their_owner(shop: Shop) -> None:
    shop.owners.down = True
    assert "können gerade nicht angezeigt werden" in await shop.page("/einstellungen/zahlungen")


async def test_the_preview_of_a_colour_is_a_page_of_its_own_that_only_we_may_frame(shop: Shop) -> None:
    answer = await shop.client.get("/einstellungen/aussehen/muster/ffcc00")
    assert "/static/theme/ffcc00.css" in answer.text
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    assert answer.headers.get_list("x-frame-options") == ["SAMEORIGIN"]
    await shop.page("/einstellungen/aussehen/muster/nothex", 404)


async def test_every_page_speaks_english_to_who_wants_it(shop: Shop) -> None:
    state = session_state(shop.merchant_id, f"english-{shop.cookie}", language="en", rights=RIGHTS)
    await tell_sessions(shop, state)
    page = await shop.client.get("/", headers={"cookie": cookies(f"english-{shop.cookie}")})
    assert "<h1>Good morning</h1>" in page.text
    assert 'lang="en"' in page.text


async def test_an_open_page_hears_of_a_payment(shop: Shop) -> None:
    async with shop.client.stream("GET", "/ereignisse") as stream:
        lines = stream.aiter_lines()
        assert await anext(line async for line in lines if line.startswith("event:")) == "event: ready"
        await shop.told(shop.document("RE-1"))
        async with asyncio.timeout(10):
            assert await anext(line async for line in lines if line.startswith("event:")) == "event: changed"


async def test_the_stream_is_for_staff_only(shop: Shop) -> None:
    answer = await shop.client.get("/ereignisse", headers={"cookie": "", "accept": "text/event-stream"})
    assert answer.status_code == 401


async def test_the_page_role_can_touch_no_table(shop: Shop) -> None:
    tables = await shop.app.state.edge.views.pool.fetch(
        "SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname IN ('live', 'public')"
    )
    assert tables
    for table in tables:
        allowed = await shop.app.state.edge.views.pool.fetchval(
            "SELECT has_table_privilege('kontor_admin', $1, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')", table["name"]
        )
        assert not allowed, table["name"]
