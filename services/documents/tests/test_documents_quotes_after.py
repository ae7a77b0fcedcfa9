"""What follows an acceptance or an amendment: order confirmation, evidence, payment, expiry, a quote in another's place."""

import io
from uuid import UUID

import pikepdf
from quotes_to_decide import DRAWN, accept, customer, decline, document_row, quote, shared_quote
from test_documents_quote_files import hide, uploaded

from kontor.payments.v1 import payments_pb2 as payments
from kontor_documents.queries import files_of
from kontor_service.ids import uuid7
from kontor_testing.waiting import eventually


async def confirmation_of(documents, document):
    return await document_row(documents, str((await confirmed(documents, document))["order_confirmation_id"]))


async def confirmed(documents, document):
    """The accepted quote's row, once it has its order confirmation: of a busy machine the job makes it, not the acceptance."""

    async def found():
        row = await document_row(documents, document)
        return row if row["order_confirmation_id"] else None

    return await eventually(found, within=30)


async def content_of(documents, sha256):
    answer = await documents.http.get(f"/v1/content/{sha256}", headers=documents.auth("service"))
    return answer.json()


async def test_an_order_confirmation_of_the_chosen_lines_follows_and_is_shared_by_itself(documents):
    await documents.open_shop(automatic_release=False)
    documents.customer_id = await documents.add_customer()
    document = (await documents.made(quote()))["document"]["id"]
    staff = documents.auth("documents:release")
    assert (await documents.http.post(f"/v1/documents/{document}/share", headers=staff, json={})).status_code == 200
    answer = await accept(documents, document, selection={"lines": [{"id": "care"}, {"id": "black"}]})
    assert answer.json()["order_confirmation_id"]
    await documents.at_rest()
    made, accepted = await confirmation_of(documents, document), await document_row(documents, document)
    assert (made["type"], made["state"], made["number"]) == ("order_confirmation", "shared", "AB-2026-0001")
    assert (made["gross_minor"], made["thread_id"]) == (accepted["gross_minor"], accepted["thread_id"])
    lines = (await content_of(documents, made["content_sha256"]))["lines"]
    assert [line["id"] for line in lines] == ["base", "cable", "care", "black"]
    assert not any(line["optional"] or line["alternative"] for line in lines)


async def test_the_evidence_is_attached_as_an_archive_page(documents):
    document = await shared_quote(documents, acceptance=["signature"])
    await accept(documents, document, signature=DRAWN)

    async def attached():
        return (await document_row(documents, document))["evidence_attached"]

    await eventually(attached, within=30)
    async with documents.app.state.db.connection() as connection, connection.transaction():
        await connection.execute("SELECT set_config('kontor.merchant_id', $1, true)", str(documents.merchant))
        query = "SELECT * FROM document_file WHERE document_id = $1 AND role = 'evidence'"
        file = await connection.fetchrow(query, UUID(document))
    page = await documents.http.get(f"/v1/documents/{document}/files/{file['id']}", headers=documents.auth("service"))
    pdf = pikepdf.open(io.BytesIO(page.content))
    assert (file["name"], pdf.open_metadata().pdfa_status) == ("Annahme von AN-1.pdf", "3B")


async def test_an_amended_quote_is_a_new_version_that_alone_can_be_accepted(documents):
    document = await shared_quote(documents)
    before = await document_row(documents, document)
    lines = [line | ({"net_price": "900.00"} if line["id"] == "base" else {}) for line in quote()["lines"]]
    await documents.made(quote(lines=lines))
    after = await document_row(documents, document)
    assert (after["revision"], after["state"], after["gross_minor"]) == (2, "shared", before["gross_minor"] - 11_900)
    old = await accept(documents, document)
    assert (old.status_code, old.json()["code"], old.json()["version"]) == (409, "quote_amended", 2)
    assert old.json()["difference"][0] == {
        "kind": "line_changed", "id": "base", "name": "Wallbox", "field": "net_price", "before": "1000", "after": "900",
    }  # fmt: skip
    never = await accept(documents, document, version=3)
    assert (never.status_code, never.json()["field"]) == (422, "version")
    assert (await accept(documents, document, version=2)).json()["state"] == "accepted"
    told = [(one["what"], one["by"], one["detail"]) for one in (await confirmed(documents, document))["moments"]]
    assert told == [
        ("shared", "", ""), ("amended", "", "2"), ("accepted", "Anna Seidel", ""), ("confirmed", "", ""),
    ]  # fmt: skip
    kept = await documents.http.get(f"/v1/documents/{document}/revisions", headers=documents.auth("documents:release"))
    [first] = kept.json()["revisions"]
    assert (first["revision"], first["content_sha256"]) == (1, before["content_sha256"])
    assert (await content_of(documents, first["content_sha256"]))["lines"][0]["net_price"] == "1000.00"
    assert (await documents.facts()).count("documents.document.amended.v1") == 1
    pdf = await documents.http.get(f"/v1/documents/{document}/pdf", headers=documents.auth("service"))
    assert pdf.status_code == 200


async def test_an_accepted_quote_is_not_amended(documents):
    document = await shared_quote(documents)
    await accept(documents, document)
    answer = await documents.submit(quote(title="Anders"))
    assert (answer.status_code, answer.json()["code"]) == (409, "already_shared")


async def test_an_amendment_stays_with_its_customer(documents):
    await shared_quote(documents)
    answer = await documents.submit(quote(customer_number="4711"))
    assert (answer.status_code, answer.json()["code"]) == (422, "customer_stays")


def _paid(documents, document, due, kind=payments.PaymentPending):
    receivable = payments.Receivable(
        id=str(uuid7()), merchant_id=str(documents.merchant), epoch=1, version=1, document_id=document, currency="EUR",
        due_minor=due, pending_minor=due, state="on_its_way",
    )  # fmt: skip
    return kind(receivable=receivable, payment=payments.Payment(id=str(uuid7()), state="pending"))


async def test_a_quote_with_a_deposit_is_accepted_when_its_money_is_promised(documents):
    document = await shared_quote(documents, acceptance=["deposit"], deposit_percent="20")
    answer = await accept(documents, document)
    assert (answer.json()["state"], answer.json()["asked_minor"]) == ("promised", 25_466)
    await documents.tell(_paid(documents, document, 1))
    assert (await document_row(documents, document))["outcome"] == "promised"
    fact = _paid(documents, document, 25_466)
    for _ in range(2):
        await documents.tell(fact)
    assert (await document_row(documents, document))["outcome"] == "accepted"

    async def confirmed():
        return (await document_row(documents, document))["order_confirmation_id"]

    assert await eventually(confirmed)
    assert (await documents.facts()).count("documents.document.accepted.v1") == 1


async def test_money_for_a_quote_that_was_amended_meanwhile_accepts_nothing(documents):
    document = await shared_quote(documents, acceptance=["payment"])
    due = (await accept(documents, document)).json()["asked_minor"]
    await documents.made(quote(acceptance=["payment"], title="Neu"))
    await documents.tell(_paid(documents, document, due, payments.PaymentSucceeded))
    row = await document_row(documents, document)
    assert (row["outcome"], row["revision"], row["asked_minor"]) == ("", 2, 0)


async def test_money_that_was_there_before_the_quote_was_accepted_again_accepts_it(documents):
    document = await shared_quote(documents, acceptance=["payment"])
    await accept(documents, document)
    await documents.made(quote(acceptance=["payment"], title="Neu"))
    due = (await accept(documents, document, version=2)).json()["asked_minor"]
    paid = _paid(documents, document, due).receivable
    await documents.tell(payments.ReceivableChanged(receivable=paid))
    assert (await document_row(documents, document))["outcome"] == "accepted"


async def test_a_promise_can_still_be_declined(documents):
    document = await shared_quote(documents, acceptance=["payment"])
    due = (await accept(documents, document)).json()["asked_minor"]
    assert (await decline(documents, document)).json()["state"] == "declined"
    await documents.tell(_paid(documents, document, due))
    assert (await document_row(documents, document))["outcome"] == "declined"


async def test_a_quote_expires_after_its_last_day_and_the_customer_can_ask_for_more_time(documents):
    document = await shared_quote(documents, valid_until="2026-11-20")

    async def expired():
        return (await document_row(documents, document))["outcome"] == "expired"

    await eventually(expired)
    assert (await documents.facts()).count("documents.document.expired.v1") == 1
    asked = await documents.http.post(
        f"/v1/documents/{document}/extension-request", headers=customer(documents), json={"text": "Eine Woche, bitte"}
    )
    assert asked.status_code == 200
    assert "documents.document.extension_requested.v1" in await documents.facts()


async def test_a_newer_quote_that_names_it_takes_its_place(documents):
    document = await shared_quote(documents)
    newer = quote(number="AN-2", external_id="quote-2", references=[{"kind": "quote", "number": "AN-1"}])
    made = (await documents.made(newer))["document"]["id"]
    row = await document_row(documents, document)
    assert (row["outcome"], row["decision"]["superseded_by"]) == ("superseded", made)
    assert (await accept(documents, document)).json()["code"] == "already_decided"


async def test_other_systems_extend_a_quote_by_their_own_id(documents):
    document = await shared_quote(documents, valid_until="2026-11-20")
    answer = await documents.http.post(
        "/v1/documents/by-external-id/quote-1/extend",
        headers=documents.auth("documents:submit"),
        json={"valid_until": "2099-01-01"},
    )
    assert answer.status_code == 200
    assert (await document_row(documents, document))["valid_until"].isoformat() == "2099-01-01"


async def test_the_order_confirmation_has_the_quotes_attachments_except_private_ones(documents):
    named = [
        {"sha256": (await uploaded(documents, content, name))["sha256"]}
        for name, content in (("Plan.txt", b"Plan"), ("Kalkulation.txt", b"Kalkulation"))
    ]
    document = await shared_quote(documents, attachments=named)
    async with documents.app.state.db.transaction(documents.merchant) as session:
        [secret] = [file for file in await files_of(session, UUID(document)) if file.name == "Kalkulation.txt"]
    await hide(documents, document, secret.id)
    await accept(documents, document)
    await documents.at_rest()
    made = await confirmation_of(documents, document)
    async with documents.app.state.db.transaction(documents.merchant) as session:
        files = [file for file in await files_of(session, made["id"]) if file.role == "attachment"]
    assert [(file.name, file.private) for file in files] == [("Plan.txt", False)]
    content = await content_of(documents, made["content_sha256"])
    assert [one["file_name"] for one in content["attachments"]] == ["Plan.txt"]


async def test_a_finished_quote_is_accepted_as_the_merchant_set_it(documents, blank_pdf):
    await documents.open_shop()
    await documents.add_customer()
    await documents.set_type("quote", acceptance=["click"])
    made = await documents.made(quote(acceptance=[]), file=blank_pdf, media_type="application/pdf")
    row = await document_row(documents, made["document"]["id"])
    assert row["facts"]["acceptance"] == ["click"]
