"""A quote that can be sent can be accepted and amended: what it says has room on the bus whatever becomes of it."""

from quotes_to_decide import accept, choose, document_row, quote, shared_quote

from kontor_documents.content.model import DocumentData
from kontor_documents.einvoice.totals import complete
from kontor_documents.quotes.difference import MOST_BYTES, difference


def _options(many, **said):
    return [
        {"id": f"{number:036}", "name": f"Position {number}", "net_price": "10", "tax_rate": "19", "optional": True}
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
