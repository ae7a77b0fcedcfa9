"""A quote that nobody is bound by any more: its last day passed, it was given another, or something is asked for."""

from datetime import date

import pytest
from quotes_to_decide import accept, choose, customer, decline, document_row, quote, shared_quote

from kontor.documents.v1.documents_pb2_codes import QuoteOutcome
from kontor_documents.queries import locked
from kontor_documents.quotes.decisions import expire

STAFF = "documents:release"


async def _expired(documents, document):
    """As on the day after its last one."""
    deps = documents.app.state.dependencies
    async with deps.db.transaction(documents.merchant) as session:
        row = await locked(session, document)
        await expire(deps, session, row, at=deps.clock.now(), today=date(2100, 1, 1))


async def _extend(documents, document, day):
    return await documents.http.post(
        f"/v1/documents/{document}/extend", headers=documents.auth(STAFF), json={"valid_until": day}
    )


async def _ask(documents, document, what):
    return await documents.http.post(
        f"/v1/documents/{document}/{what}", headers=customer(documents), json={"text": "Bitte"}
    )


async def test_a_promise_that_was_not_paid_binds_nobody_after_the_last_day(documents):
    document = await shared_quote(documents, acceptance=["payment"])
    offered = (await document_row(documents, document))["gross_minor"]
    assert (await accept(documents, document, selection={"lines": [{"id": "care"}]})).json()["state"] == "promised"
    await _expired(documents, document)
    assert (await _extend(documents, document, "2100-02-01")).status_code == 200
    row = await document_row(documents, document)
    assert (row["outcome"], row["decision"], row["gross_minor"]) == ("", None, offered)
    assert (await choose(documents, document, {"id": "care", "selected": False})).status_code == 200
    assert (await accept(documents, document)).json()["asked_minor"] == offered


async def test_declining_a_promise_leaves_the_amounts_that_were_offered(documents):
    document = await shared_quote(documents, acceptance=["payment"])
    offered = (await document_row(documents, document))["gross_minor"]
    await accept(documents, document, selection={"lines": [{"id": "care"}]})
    await decline(documents, document)
    row = await document_row(documents, document)
    assert (row["outcome"], row["gross_minor"]) == (QuoteOutcome.DECLINED, offered)


async def test_the_last_day_is_not_moved_forward(documents):
    document = await shared_quote(documents)
    answer = await _extend(documents, document, "2099-12-30")
    assert (answer.status_code, answer.json()["code"]) == (422, "validity_shortened")
    assert (await document_row(documents, document))["valid_until"] == date(2099, 12, 31)
    assert (await _extend(documents, document, "2099-12-31")).status_code == 200


async def test_a_draft_is_said_to_be_one(documents):
    await documents.open_shop(automatic_release=False)
    await documents.add_customer()
    document = (await documents.made(quote()))["document"]["id"]
    answer = await _extend(documents, document, "2100-01-01")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_shared")


@pytest.mark.parametrize("what", ["extension-request", "new-offer-request"])
async def test_nothing_is_asked_for_while_the_quote_can_be_decided_nor_after_it_was_accepted(documents, what):
    document = await shared_quote(documents)
    answer = await _ask(documents, document, what)
    assert (answer.status_code, answer.json()["code"]) == (409, "still_open")
    await accept(documents, document)
    answer = await _ask(documents, document, what)
    assert (answer.status_code, answer.json()["code"]) == (409, "already_decided")


async def test_the_same_is_asked_for_once_an_hour(documents):
    document = await shared_quote(documents)
    await decline(documents, document)
    answers = [await _ask(documents, document, "new-offer-request") for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 409]
    assert answers[1].json()["code"] == "asked_already"
    assert (await documents.facts()).count("documents.document.new_offer_requested.v1") == 1
