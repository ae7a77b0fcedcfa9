"""Forwarding a quote to a colleague who may accept it (B18)."""

import pytest
from quotes_to_decide import customer, decline, quote

from kontor.identity.v1 import identity_pb2
from kontor_service.ids import uuid7

BO = str(uuid7())


async def forwardable(documents, **rights):
    """The id of a shared quote of a customer with a second contact person."""
    await documents.open_shop()
    state = documents.customer()
    values = {"id": BO, "name": "Bo Bauer", "email": "bo@seidel.example", "may_accept": True} | rights
    state.contacts.append(identity_pb2.ContactPerson(**values))
    documents.customer_id = state.id
    await documents.tell(identity_pb2.CustomerCreated(customer=state))
    return (await documents.made(quote()))["document"]["id"]


async def forward(documents, quote_id, contact_id=BO, **claims):
    return await documents.http.post(
        f"/v1/documents/{quote_id}/forward", headers=customer(documents, **claims), json={"contact_id": contact_id}
    )


async def test_a_forwarded_quote_is_in_its_history_and_told_with_the_person(documents):
    quote_id = await forwardable(documents)

    first, again = await forward(documents, quote_id), await forward(documents, quote_id)

    assert first.status_code == 200
    assert (again.status_code, again.json()["code"]) == (409, "forwarded_already")
    path = f"/v1/documents/{quote_id}/history"
    history = (await documents.http.get(path, headers=documents.auth("documents:release"))).json()["entries"]
    (entry,) = [one for one in history if one["fact"] == "forwarded"]
    assert entry["detail"]["recipient"] == "Bo Bauer"


@pytest.mark.parametrize(
    "rights", [{"may_accept": False}, {"email": ""}, {"access": "revoked"}, {"document_types": ["invoice"]}]
)
async def test_nobody_gets_it_who_cannot_accept(documents, rights):
    quote_id = await forwardable(documents, **rights)

    refused = await forward(documents, quote_id)

    assert (refused.status_code, refused.json()["field"]) == (422, "contact_id")


async def test_a_stranger_gets_nothing_and_forwards_nothing(documents):
    quote_id = await forwardable(documents)

    assert (await forward(documents, quote_id, str(uuid7()))).status_code == 422
    assert (await forward(documents, quote_id, customers=[str(uuid7())])).status_code == 404
    staff = documents.auth("documents:read", kind="staff")
    body = {"json": {"contact_id": BO}, "headers": staff}
    assert (await documents.http.post(f"/v1/documents/{quote_id}/forward", **body)).status_code == 404


async def test_a_decided_quote_is_not_forwarded(documents):
    quote_id = await forwardable(documents)
    assert (await decline(documents, quote_id, reason="Zu teuer")).status_code == 200

    refused = await forward(documents, quote_id)

    assert (refused.status_code, refused.json()["code"]) == (409, "already_decided")
