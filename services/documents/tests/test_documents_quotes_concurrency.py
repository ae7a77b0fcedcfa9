"""Several who decide about one quote at the same moment: exactly one outcome, and a sentence for the others."""

import asyncio
from collections import Counter

import pytest
from quotes_to_decide import accept, decline, document_row, quote, shared_quote

from kontor_service.ids import uuid7

ANNA, BERND = {"sub": "contact:anna"}, {"sub": "contact:bernd"}


async def test_two_contacts_accept_at_once_and_one_is_bound(documents):
    document = await shared_quote(documents)
    answers = await asyncio.gather(
        *(accept(documents, document, claims=who, name=who["sub"]) for who in (ANNA, BERND) for _ in range(3))
    )
    told = Counter(answer.json().get("code", answer.json().get("state")) for answer in answers)
    assert told == {"accepted": 3, "already_decided": 3}
    facts = Counter(await documents.facts())
    assert facts["documents.document.accepted.v1"] == 1
    await documents.at_rest()
    async with documents.app.state.db.connection() as connection, connection.transaction():
        await connection.execute("SELECT set_config('kontor.merchant_id', $1, true)", str(documents.merchant))
        made = await connection.fetchval("SELECT count(*) FROM document WHERE type = 'order_confirmation'")
    assert made == 1


async def test_acceptance_and_refusal_at_once_have_one_outcome(documents):
    document = await shared_quote(documents)
    answers = await asyncio.gather(accept(documents, document), decline(documents, document))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    facts = Counter(await documents.facts())
    assert facts["documents.document.accepted.v1"] + facts["documents.document.declined.v1"] == 1


@pytest.mark.parametrize("round", range(3))
async def test_acceptance_at_the_moment_of_withdrawal(documents, round):
    document = await shared_quote(documents)
    withdraw = documents.http.post(
        f"/v1/documents/{document}/withdraw", headers=documents.auth("documents:release"), json={"reason": ""}
    )
    accepted, withdrawn = await asyncio.gather(accept(documents, document), withdraw)
    row = await document_row(documents, document)
    if accepted.status_code == 200:
        assert (withdrawn.status_code, row["state"], row["outcome"]) == (409, "shared", "accepted")
    else:
        assert (accepted.json()["code"], row["state"], row["outcome"]) == ("withdrawn", "withdrawn", "")


async def test_acceptance_at_the_moment_of_amendment(documents):
    document = await shared_quote(documents)
    amended, accepted = await asyncio.gather(documents.submit(quote(title="Neu")), accept(documents, document))
    await documents.at_rest()
    row = await document_row(documents, document)
    if accepted.status_code == 200:
        assert (amended.status_code, row["revision"], row["outcome"]) == (409, 1, "accepted")
    else:
        assert (accepted.json()["code"], row["revision"], row["outcome"]) == ("quote_amended", 2, "")


async def test_acceptance_at_the_moment_of_expiry(documents):
    document = await shared_quote(documents, valid_until="2026-11-20")
    answers = await asyncio.gather(*(accept(documents, document, name=str(uuid7())) for _ in range(4)))
    assert {answer.json()["code"] for answer in answers} == {"quote_expired"}
    assert "documents.document.accepted.v1" not in await documents.facts()


async def test_a_change_of_a_content_that_is_no_longer_the_quotes_is_refused(documents):
    document_id = await shared_quote(documents)
    opened = (await document_row(documents, document_id))["content_sha256"]
    from_form = {"x-kontor-source": "kontor", "x-kontor-based-on": opened}

    first = await documents.submit(quote(title="Erste"), **from_form)
    second = await documents.submit(quote(title="Zweite"), **from_form)

    assert first.status_code == 202
    assert (second.status_code, second.json()["code"]) == (409, "changed_meanwhile")
    assert (await document_row(documents, document_id))["title"] == "Erste"
