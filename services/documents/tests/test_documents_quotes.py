"""Quotes: what a customer chooses, accepts and declines."""

import pytest
from quotes_to_decide import DRAWN, accept, choose, decline, document_row, quote, shared_quote

from kontor_service.ids import uuid7


async def test_a_choice_is_kept_and_answers_its_totals(documents):
    document = await shared_quote(documents)
    answer = await choose(documents, document, {"id": "care"}, {"id": "black"}, {"id": "cable", "quantity": "7"})
    assert answer.status_code == 200, answer.text
    selection = answer.json()["selection"]
    assert (selection["net_minor"], selection["tax_minor"]) == (100_000 + 7_000 + 9_000 + 3_000, 22_610)
    assert (await document_row(documents, document))["selection"]["gross_minor"] == 141_610


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        ({"id": "cable", "quantity": "21"}, "quantity_out_of_range", "lines[0].quantity"),
        ({"id": "base", "quantity": "2"}, "quantity_out_of_range", "lines[0].quantity"),
        ({"id": "base", "selected": False}, "line_required", "lines[0].selected"),
        ({"id": "white", "selected": False}, "alternative_missing", "lines"),
        ({"id": "other"}, "line_unknown", "lines[0].id"),
    ],
)
async def test_what_cannot_be_chosen_is_refused_at_its_field(documents, line, code, field):
    document = await shared_quote(documents)
    answer = await choose(documents, document, line)
    assert (answer.status_code, answer.json()["errors"][0]["code"], answer.json()["field"]) == (422, code, field)
    assert (await document_row(documents, document))["selection"]["gross_minor"] == 127_330


async def test_nobody_orders_nothing(documents):
    care = [line | {"selected": True} for line in quote()["lines"] if line["id"] == "care"]
    document = await shared_quote(documents, lines=care)
    answer = await accept(documents, document, selection={"lines": [{"id": "care", "selected": False}]})
    assert (answer.status_code, answer.json()["code"]) == (422, "nothing_chosen")


async def test_a_quote_that_came_as_a_pdf_without_amounts_is_accepted(documents, blank_pdf):
    await documents.open_shop()
    documents.customer_id = await documents.add_customer()
    beside = quote(lines=[])
    made = await documents.made(beside, file=blank_pdf, media_type="application/pdf")
    answer = await accept(documents, made["document"]["id"])
    assert (answer.status_code, answer.json()["state"]) == (200, "accepted"), answer.text


async def test_two_of_one_alternative_are_refused(documents):
    document = await shared_quote(documents)
    answer = await choose(documents, document, {"id": "white"}, {"id": "black"})
    assert answer.json()["errors"][0]["code"] == "alternative_twice"


async def test_an_accepted_quote_carries_choice_name_and_hash_of_the_evidence(documents):
    document = await shared_quote(documents)
    await choose(documents, document, {"id": "care"})
    answer = await accept(documents, document)
    assert (answer.status_code, answer.json()["state"]) == (200, "accepted"), answer.text
    row = await document_row(documents, document)
    assert (row["outcome"], row["gross_minor"], row["decision"]["name"]) == ("accepted", 138_040, "Anna Seidel")
    assert len(row["decision"]["evidence_sha256"]) == 64
    assert (await documents.facts()).count("documents.document.accepted.v1") == 1


async def test_the_same_acceptance_again_answers_the_same_and_another_is_refused(documents):
    document = await shared_quote(documents)
    first, again = await accept(documents, document), await accept(documents, document)
    assert again.json()["state"] == first.json()["state"] == "accepted"
    other = await accept(documents, document, name="Bernd Seidel")
    assert (other.status_code, other.json()["code"]) == (409, "already_decided")
    assert (await decline(documents, document)).json()["code"] == "already_decided"
    assert (await documents.facts()).count("documents.document.accepted.v1") == 1


@pytest.mark.parametrize("signature", [None, {"kind": "drawn", "strokes": []}, {"kind": "typed", "text": "A. S."}])
async def test_a_quote_that_asks_for_a_signature_is_not_accepted_without_one(documents, signature):
    document = await shared_quote(documents, acceptance=["signature"])
    answer = await accept(documents, document, signature=signature)
    assert (answer.status_code, answer.json()["code"]) == (422, "signature_invalid")
    assert (await document_row(documents, document))["outcome"] == ""


async def test_strokes_are_in_the_evidence_alone_and_it_cannot_be_changed(documents):
    document = await shared_quote(documents, acceptance=["signature"])
    assert (await accept(documents, document, signature=DRAWN)).status_code == 200
    async with documents.app.state.db.connection() as connection, connection.transaction():
        await connection.execute("SELECT set_config('kontor.merchant_id', $1, true)", str(documents.merchant))
        kept = await connection.fetchval("SELECT signature FROM acceptance_evidence")
        told = await connection.fetchval("SELECT string_agg(encode(payload, 'escape'), '') FROM outbox")
        story = await connection.fetchval("SELECT string_agg(detail::text, '') FROM history_entry")
        with pytest.raises(Exception, match="append-only"):
            await connection.execute("UPDATE acceptance_evidence SET at = now()")
    assert "strokes" in str(kept)
    assert "strokes" not in told + story


async def test_a_quote_is_declined_with_a_reason(documents):
    document = await shared_quote(documents)
    answer = await decline(documents, document, reason="Zu teuer", text="Leider")
    assert (answer.status_code, answer.json()["state"]) == (200, "declined")
    row = await document_row(documents, document)
    assert (row["decision"]["reason"], row["decision"]["text"]) == ("Zu teuer", "Leider")
    assert (await accept(documents, document)).json()["code"] == "already_decided"


async def test_an_expired_quote_is_refused_until_it_is_extended(documents):
    document = await shared_quote(documents, valid_until="2026-11-20")
    assert (await accept(documents, document)).json()["code"] == "quote_expired"
    staff = documents.auth("documents:release")
    past = await documents.http.post(
        f"/v1/documents/{document}/extend", headers=staff, json={"valid_until": "2026-11-21"}
    )
    assert (past.status_code, past.json()["field"]) == (422, "valid_until")
    longer = {"valid_until": "2099-01-01"}
    assert (
        await documents.http.post(f"/v1/documents/{document}/extend", headers=staff, json=longer)
    ).status_code == 200
    assert (await accept(documents, document)).json()["state"] == "accepted"


async def test_a_quote_that_ends_before_it_begins_is_refused_at_once(documents):
    await documents.open_shop()
    await documents.add_customer()
    answer = await documents.submit(quote(issue_date="2026-11-12", valid_until="2026-11-11"))
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "not_plausible", "valid_until")
    assert not [fact for fact in await documents.facts() if fact.startswith("documents.")]


async def test_a_withdrawn_quote_and_one_of_another_customer(documents):
    document = await shared_quote(documents)
    stranger = await accept(documents, document, claims={"customers": [uuid7()]})
    assert stranger.status_code == 404
    await documents.http.post(
        f"/v1/documents/{document}/withdraw", headers=documents.auth("documents:release"), json={"reason": ""}
    )
    assert (await accept(documents, document)).json()["code"] == "withdrawn"


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"quantity": "5", "quantity_min": "6"}, "lines[0].quantity_min"),
        ({"quantity": "5", "quantity_max": "8", "quantity_min": "6"}, "lines[0].quantity"),
        ({"kind": "information", "optional": True}, "lines[0].kind"),
    ],
)
async def test_options_that_contradict_each_other_are_refused_at_the_door(documents, line, field):
    lines = [{"name": "Kabel", "net_price": "1", "tax_rate": "19"} | line]
    answer = await documents.submit(quote(lines=lines))
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "options_wrong", field)


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "..."])
async def test_nobody_is_bound_without_a_name(documents, name):
    document = await shared_quote(documents)
    answer = await accept(documents, document, name=name)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "name"), answer.text
    assert (await document_row(documents, document))["outcome"] == ""


async def test_a_choice_that_would_be_worth_less_than_nothing_is_refused(documents):
    discount = [{"amount": "50.00", "tax_category": "S", "tax_rate": "19", "reason": "Nachlass"}]
    lines = [
        {"id": "small", "name": "Anfahrt", "net_price": "1.00", "tax_rate": "19"},
        {"id": "large", "name": "Wallbox", "net_price": "100.00", "tax_rate": "19", "optional": True, "selected": True},
    ]
    document = await shared_quote(documents, lines=lines, allowances_charges=discount)
    answer = await choose(documents, document, {"id": "large", "selected": False})
    assert (answer.status_code, answer.json()["code"]) == (422, "total_negative"), answer.text


async def test_staff_read_how_a_quote_was_accepted(documents):
    document = await shared_quote(documents, acceptance=["signature"])
    request = {"ip": "203.0.113.7", "user_agent": "Firefox"}
    assert (await accept(documents, document, signature=DRAWN, request=request)).status_code == 200
    answer = await documents.http.get(f"/v1/documents/{document}/evidence", headers=documents.auth("documents:read"))
    (kept,) = answer.json()["evidence"]
    assert (kept["name"], kept["ip"], kept["user_agent"], kept["signed"]) == (
        "Anna Seidel",
        "203.0.113.7",
        "Firefox",
        "drawn",
    )
    assert (kept["access"], kept["actor"]["subject"], kept["revision"]) == ("account", "contact:anna", 1)
    assert kept["content_sha256"]
    assert (kept["at"][-6:], kept["at_local"][-6:] in ("+01:00", "+02:00")) == ("+00:00", True)
