"""A quote that can be sent can be accepted and amended: what it says has room on the bus whatever becomes of it."""

import pytest
from quotes_to_decide import accept, choose, customer, decline, document_row, quote, shared_quote

from kontor.documents.v1 import documents_pb2 as pb
from kontor_bus import MAX_BODY_BYTES, EventTooLarge
from kontor_documents.content.model import DocumentData
from kontor_documents.einvoice.totals import complete
from kontor_documents.quotes.difference import MOST_BYTES, difference
from kontor_documents.room import refuse_crowded, shorten


def _options(many, width=36, **said):
    return [
        {
            "id": f"{number:0{width}}",
            "name": f"Position {number}",
            "net_price": "10",
            "tax_rate": "19",
            "optional": True,
        }
        | said
        for number in range(many)
    ]


async def test_as_many_options_as_are_taken_can_be_accepted(documents):
    document = await shared_quote(documents, lines=_options(358))
    picked = [{"id": line["id"]} for line in _options(358)]
    assert (await choose(documents, document, *picked)).status_code == 200
    answer = await accept(documents, document, name="Ä" * 200, function="Ö" * 200)
    assert (answer.status_code, answer.json()["state"]) == (200, "accepted")
    row = await document_row(documents, document)
    assert (len(row["selection"]["lines"]), "selection" in row["decision"]) == (358, False)


async def test_more_options_are_refused_at_the_door(documents):
    await documents.open_shop()
    answer = await documents.submit(quote(lines=_options(359)))
    [fault] = answer.json()["errors"]
    assert (answer.status_code, fault["field"], fault["code"]) == (422, "lines", "too_many_choices")


def _crowded(references, **said):
    """24 KiB of choices in a few lines, and so many KiB besides."""
    orders = [{"kind": "order", "number": f"{n}".rjust(1_000, "9")} for n in range(references)]
    return {"references": orders, "lines": _options(26, 900, **said)}


async def test_a_quote_that_says_as_much_as_is_taken_can_be_accepted_after_all_of_it_has_changed(documents):
    document = await shared_quote(documents, **_crowded(9))
    changed = quote(**_crowded(9, net_price="11", description="Ä" * 240))
    await documents.made(changed)
    picked = {"lines": [{"id": line["id"]} for line in changed["lines"]]}
    answer = await accept(documents, document, version=2, name="Ä" * 200, function="Ö" * 200, selection=picked)
    assert (answer.status_code, answer.json()["state"]) == (200, "accepted")


async def test_a_quote_that_leaves_no_room_for_its_acceptance_is_refused_and_the_submission_says_so(documents):
    await documents.open_shop()
    status = await documents.made(quote(**_crowded(11)))
    assert (status["status"], status["error"]["code"]) == ("rejected", "too_much")


async def test_all_that_a_customer_can_say_has_room_beside_a_large_quote(documents):
    document, many = await shared_quote(documents, **_crowded(9)), "🔧" * 2_000
    assert (await decline(documents, document, text=many, reason="🔧" * 200, name="🔧" * 200)).status_code == 200
    asked = f"/v1/documents/{document}/new-offer-request"
    answer = await documents.http.post(asked, headers=customer(documents), json={"text": many})
    assert answer.status_code == 200


def test_moments_and_changes_give_way_and_the_totals_last():
    moments = [pb.Moment(what="opened", by="x" * 100)] * 50
    changes = [pb.Change(kind="changed", field=field) for field in ("title", "totals.gross")]
    state = pb.Document(type="quote", title="x" * (MAX_BODY_BYTES - 12 * 1024), moments=moments, changes=changes)
    assert shorten(state) is state
    assert 0 < len(state.moments) < 20
    assert len(state.changes) == 2
    assert refuse_crowded(pb.Document(type="invoice", title=state.title)).type == "invoice"
    with pytest.raises(EventTooLarge):
        refuse_crowded(state)


async def test_a_long_quote_whose_texts_are_all_reworded_is_amended(documents):
    fixed = {"optional": False}
    document = await shared_quote(documents, lines=_options(300, description="Ü" * 240, **fixed))
    await documents.made(quote(lines=_options(300, description="Ä" * 240, **fixed)))
    row = await document_row(documents, document)
    assert row["revision"] == 2
    assert row["facts"]["changes"][0] == {
        "kind": "line_changed", "id": f"{0:036}", "name": "Position 0", "field": "description", "before": "", "after": "",
    }  # fmt: skip
    assert (await accept(documents, document, version=2)).status_code == 200
    assert "changes" not in (await document_row(documents, document))["facts"]


def test_of_many_changes_the_totals_are_always_told():
    before, after = (
        complete(DocumentData.model_validate({"type": "quote", "issue_date": "2026-11-12", "lines": lines}))
        for lines in (_options(1_000, optional=False), _options(1_000, optional=False, net_price="11"))
    )
    found = difference(before, after)
    assert found[-1]["field"] == "totals.gross"
    assert 100 < len(found) < 1_000
    assert sum(len(value.encode()) for one in found for value in one.values()) < MOST_BYTES
