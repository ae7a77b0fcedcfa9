"""Accepted quotes whose order confirmation could not be made at once."""

from uuid import UUID

from quotes_to_decide import accept, document_row, shared_quote

from kontor_documents.quotes import jobs
from kontor_service.errors import Unavailable


async def _unconfirmed(documents, monkeypatch):
    """The id of an accepted quote while nothing can be confirmed."""

    async def fail(_deps, _merchant, _document_id):
        raise Unavailable

    monkeypatch.setattr(jobs, "confirm", fail)
    document = await shared_quote(documents)
    assert (await accept(documents, document)).json()["order_confirmation_id"] is None
    return document


async def test_what_cannot_be_confirmed_is_tried_again_after_a_pause(documents, monkeypatch):
    document = await _unconfirmed(documents, monkeypatch)
    deps = documents.app.state.dependencies
    await jobs.finish(deps, documents.merchant, UUID(document))
    assert (await document_row(documents, document))["finish_after"] is not None
    assert documents.merchant not in await deps.db.merchants("merchants_with_unfinished_quotes")


async def test_a_quote_that_was_cancelled_meanwhile_is_not_confirmed(documents, monkeypatch):
    document = await _unconfirmed(documents, monkeypatch)
    answer = await documents.http.post(
        f"/v1/documents/{document}/cancel", headers=documents.auth("documents:release"), json={"reason": "Irrtum"}
    )
    assert answer.status_code == 200
    monkeypatch.undo()
    await jobs.finish(documents.app.state.dependencies, documents.merchant, UUID(document))
    row = await document_row(documents, document)
    assert (row["state"], row["order_confirmation_id"]) == ("cancelled", None)
