"""What the merchant switched off for a type is refused here, too (A4, C22)."""

import pytest
from quotes_to_decide import accept, choose, customer, decline, shared_quote

from kontor.identity.v1 import identity_pb2
from kontor_documents.release.rules import recipients


async def ways(documents, quote_id):
    """The answers to everything that decides a quote, or reads it."""
    wish = {"headers": customer(documents), "json": {}}
    return [
        await choose(documents, quote_id, {"id": "care", "selected": True}),
        await accept(documents, quote_id),
        await decline(documents, quote_id, reason="Zu teuer"),
        await documents.http.post(f"/v1/documents/{quote_id}/extension-request", **wish),
        await documents.http.post(f"/v1/documents/{quote_id}/new-offer-request", **wish),
    ]


async def test_nothing_decides_a_quote_where_accepting_is_switched_off(documents):
    quote_id = await shared_quote(documents)
    await documents.set_type("quote", can_accept=False)

    answers = await ways(documents, quote_id)

    assert {(one.status_code, one.json()["code"]) for one in answers} == {(409, "acceptance_off")}


@pytest.mark.parametrize("hidden", [{"visible": False}, {"visible_from": "accepted"}])
async def test_a_quote_that_the_portal_does_not_show_is_not_found(documents, hidden):
    quote_id = await shared_quote(documents)
    await documents.set_type("quote", **hidden)

    opened = await documents.http.post(
        f"/v1/documents/{quote_id}/opened", headers=customer(documents), json={}
    )  # fmt: skip

    assert {one.status_code for one in [*await ways(documents, quote_id), opened]} == {404}


async def test_a_quote_is_not_found_by_a_customer_who_only_supplies(documents):
    quote_id = await shared_quote(documents)
    supplier = documents.customer(id=documents.customer_id, version=2, roles=["supplier"])
    await documents.tell(identity_pb2.CustomerChanged(customer=supplier))

    assert {one.status_code for one in await ways(documents, quote_id)} == {404}


def test_who_does_not_see_a_type_gets_no_mail_about_it():
    person = identity_pb2.ContactPerson(email="bo@kunde.example", gets_quotes=True, gets_invoices=True)
    state = identity_pb2.Customer(email="post@kunde.example", contacts=[person])
    assert recipients("quote", state) == ["bo@kunde.example"]

    person.document_types.append("invoice")
    state = identity_pb2.Customer(email="post@kunde.example", contacts=[person])

    assert recipients("invoice", state) == ["bo@kunde.example"]
    assert recipients("quote", state) == ["post@kunde.example"]
