"""After a document is there: sharing by hand and by itself, reading marks, history, snapshots."""

import hashlib
import io
from collections import Counter
from uuid import UUID

import pikepdf
import pytest
from documents_to_release import invoice, share

from kontor.documents.v1 import documents_pb2 as pb
from kontor_documents.content.model import DocumentData
from kontor_documents.einvoice.totals import complete
from kontor_documents.einvoice.write import write_cii
from kontor_service.ids import uuid7


async def test_staff_choose_recipient_subject_and_text_of_one_share(documents, waiting):
    answer = await share(
        documents, waiting, recipient="chef@seidel.example", subject="Ihre Rechnung", text="Bitte prüfen."
    )
    assert answer.status_code == 200
    async with documents.app.state.db.connection() as connection:
        payload = await connection.fetchval(
            "SELECT payload FROM outbox WHERE type = 'documents.document.shared.v1' ORDER BY id DESC LIMIT 1"
        )
    state = pb.DocumentShared.FromString(payload).document
    assert (state.share_recipient, state.share_subject, state.share_text) == (
        "chef@seidel.example", "Ihre Rechnung", "Bitte prüfen.")  # fmt: skip


async def test_a_subject_with_a_line_break_is_refused_at_its_field(documents, waiting):
    answer = await share(documents, waiting, subject="Rechnung\r\nBcc: alle@example.org")
    assert (answer.status_code, answer.json()["field"]) == (422, "subject")


async def test_sharing_twice_is_refused_and_tells_of_one_share(documents, waiting):
    assert (await share(documents, waiting)).status_code == 200
    assert (await share(documents, waiting)).json()["code"] == "already_shared"
    assert (await documents.facts()).count("documents.document.shared.v1") == 1


async def test_a_customer_without_an_address_blocks_until_staff_name_one(documents):
    await documents.open_shop(automatic_release=False)
    await documents.add_customer(email="")
    document = (await documents.made(invoice()))["document"]["id"]
    assert (await share(documents, document)).json()["code"] == "no_email"
    assert (await share(documents, document, recipient="neu@seidel.example")).status_code == 200


async def test_the_first_opening_counts_and_only_the_first(documents, waiting):
    await share(documents, waiting)
    reader = documents.auth("documents:read", kind="portal", customers=[documents.customer])
    for _ in range(3):
        assert (await documents.http.post(f"/v1/documents/{waiting}/opened", headers=reader)).status_code == 200
    assert (await documents.facts()).count("documents.document.opened.v1") == 1


async def test_another_customer_cannot_mark_it_read(documents, waiting):
    await share(documents, waiting)
    stranger = documents.auth("documents:read", kind="portal", customers=[uuid7()])
    assert (await documents.http.post(f"/v1/documents/{waiting}/opened", headers=stranger)).status_code == 404


async def test_a_draft_is_not_there_for_its_own_customer(documents, waiting):
    reader = documents.auth("documents:read", kind="portal", customers=[documents.customer])
    assert (await documents.http.post(f"/v1/documents/{waiting}/opened", headers=reader)).status_code == 404


async def test_a_link_outside_the_documents_thread_cannot_mark_it_read(documents, waiting):
    other = (await documents.made(invoice(number="RE-2", external_id="erp-2")))["document"]["id"]
    await share(documents, waiting)
    link = documents.auth("documents:read", kind="link", customers=[documents.customer], document=UUID(other))
    assert (await documents.http.post(f"/v1/documents/{waiting}/opened", headers=link)).status_code == 404


async def test_what_the_customer_got_never_changes(documents, waiting):
    """The PDF is served with the bytes whose hash the history holds."""
    await share(documents, waiting)
    pdf = await documents.http.get(f"/v1/documents/{waiting}/pdf", headers=documents.auth("service"))
    story = await documents.http.get(f"/v1/documents/{waiting}/history", headers=documents.auth("documents:release"))
    shared = next(entry for entry in story.json()["entries"] if entry["fact"] == "shared")
    assert shared["detail"]["files"]["pdf"] == hashlib.sha256(pdf.content).hexdigest()
    assert pikepdf.open(io.BytesIO(pdf.content)).pages


async def test_history_cannot_be_rewritten_even_by_the_services_own_role(documents, waiting):
    async with documents.app.state.db.connection() as connection, connection.transaction():
        await connection.execute("SELECT set_config('kontor.merchant_id', $1, true)", str(documents.merchant))
        with pytest.raises(Exception, match="append-only"):
            await connection.execute("UPDATE history_entry SET fact = 'shared'")


async def test_a_withdrawn_document_is_gone_and_stays_gone(documents, waiting):
    await share(documents, waiting)
    for _ in range(2):
        answer = await documents.http.post(
            f"/v1/documents/{waiting}/withdraw", headers=documents.auth("documents:release"), json={"reason": "Irrtum"}
        )
        assert answer.status_code == 200
    assert (await share(documents, waiting)).json()["code"] == "wrong_state"


@pytest.mark.parametrize("handed_in", ["data", "xml"])
async def test_characters_without_a_glyph_hold_a_document_until_staff_let_it_go(documents, handed_in):
    await documents.open_shop()
    await documents.add_customer()
    data = invoice(lines=[{"name": "\u7ba1 DN 20", "net_price": "100", "tax_rate": "19"}])
    address = {"line1": "Weg 1", "post_code": "86153", "city": "Augsburg"}
    parties = {
        "seller": {"name": "Brunner Haustechnik GmbH", "address": address},
        "buyer": {"name": "Seidel", "address": address},
    }
    xml = write_cii(complete(DocumentData.model_validate(data | parties)))
    held = await documents.made(**{"data": data} if handed_in == "data" else {"file": xml})
    assert [(i["code"], i["field"], i["params"]) for i in held["document"]["issues"]] == [
        ("unprintable", "lines[0].name", {"characters": "\u7ba1"})
    ]
    path = f"/v1/documents/{held['document']['id']}/accept-characters"
    assert (await documents.http.post(path, headers=documents.auth("documents:release"))).status_code == 200
    assert (await documents.status_of(held["id"]))["document"]["state"] == "shared"


async def test_snapshots_repeat_every_state_and_count_it(documents, waiting):
    answer = await documents.http.post("/v1/snapshots", headers=documents.auth("service"))
    counts = answer.json()["counts"]
    assert {name: count for name, count in counts.items() if count} == {
        "documents.document": 1,
        "documents.submission": 1,
    }
    assert "documents.document.snapshot.v1" in await documents.facts()


async def test_settings_that_hide_a_type_keep_it_in_the_release_list(documents):
    await documents.open_shop()
    await documents.add_customer()
    status = await documents.made(invoice(type="contract"))
    assert [issue["code"] for issue in status["document"]["issues"]] == ["type_hidden"]


async def test_switching_automatic_release_on_shares_all_that_waits_each_in_a_transaction_of_its_own(
    documents, blank_pdf
):
    await documents.open_shop(automatic_release=False)
    await documents.add_customer()
    for number in range(9):
        note = invoice(type="delivery_note", number=f"LS-{number}", external_id=f"ls-{number}")
        assert (await documents.submit(note, file=blank_pdf, media_type="application/pdf")).status_code == 202
    await documents.open_shop(version=2, automatic_release=True)
    async with documents.app.state.db.connection() as connection, connection.transaction():
        await connection.execute("SELECT set_config('kontor.merchant_id', $1, true)", str(documents.merchant))
        shared = await connection.fetch("SELECT xmin::text AS by FROM document WHERE state = 'shared'")
    assert Counter(row["by"] for row in shared).most_common(1)[0][1] == 1
    assert len(shared) == 9
