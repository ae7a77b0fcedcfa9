"""Who may not accept a quote sees who may, and forwards it (B18)."""

from typing import Any

from kontor.documents.v1 import documents_pb2
from kontor.identity.v1 import identity_pb2
from kontor_service.ids import uuid7


async def stage(portal: Any) -> tuple[str, str, dict[str, str]]:
    """A quote, a colleague who may accept it, and the session of a person who may not."""
    settings = identity_pb2.DocumentTypeSettings(type="quote", visible=True, can_print=True, can_accept=True)
    merchant = await portal.merchant("brunner", document_types=[settings])
    customer, bo = str(uuid7()), str(uuid7())
    people = [
        identity_pb2.ContactPerson(id=bo, name="Bo Bauer", email="bo@seidel.example", may_accept=True),
        identity_pb2.ContactPerson(id=str(uuid7()), name="Mia Ohne", email="mia@seidel.example"),
    ]
    state = identity_pb2.Customer(
        id=customer, merchant_id=merchant, epoch=1, version=1, name="Seidel", number="K-1", contacts=people
    )
    await portal.say(identity_pb2.CustomerSnapshot(customer=state))
    document = await portal.document(merchant, customer, "AN-1", type="quote", valid_until="2099-12-31")
    rights = {"rights": ["documents:read"], "accepts": []}
    return document, bo, await portal.login("brunner", merchant, customer, **rights)


async def test_who_may_not_accept_forwards_to_who_may(portal: Any) -> None:
    document, bo, cookie = await stage(portal)
    page = (await portal.page(f"/brunner/dokumente/{document}", cookie)).text
    assert "An Bo Bauer weiterleiten" in page
    assert "Mia Ohne" not in page
    snapshot = documents_pb2.DocumentSnapshot(
        document=documents_pb2.Document(id=document, merchant_id=str(uuid7()), epoch=1, version=1)
    )
    portal.owners.answer("POST", f"/v1/documents/{document}/forward", portal.result(snapshot))

    answer = await portal.post(f"/brunner/dokumente/{document}/weiterleiten", cookie, contact_id=bo)

    assert (answer.status_code, answer.headers["location"]) == (303, f"/brunner/dokumente/{document}")
    assert portal.owners.asked_of(f"/v1/documents/{document}/forward") == [{"contact_id": bo}]


async def test_a_portal_of_ones_own_forwards_by_json(portal: Any) -> None:
    document, bo, cookie = await stage(portal)
    address = f"/api/portal/v1/brunner/documents/{document}"
    assert (await portal.json(address, cookie)).json()["forward_to"] == [{"id": bo, "name": "Bo Bauer", "function": ""}]
    portal.owners.answer("POST", f"/v1/documents/{document}/forward", {"id": document})

    answer = await portal.client.post(f"{address}/forward", headers=cookie, json={"contact_id": bo})

    assert (answer.status_code, answer.json()) == (200, {"id": document})
    assert portal.owners.asked_of(f"/v1/documents/{document}/forward") == [{"contact_id": bo}]
    wrong = await portal.client.post(f"{address}/forward", headers=cookie, json={"contact_id": "Bo"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "contact_id")


async def test_a_quote_of_somebody_else_is_not_forwarded(portal: Any) -> None:
    document, bo, _cookie = await stage(portal)
    merchant = await portal.merchant("anders")
    stranger = await portal.login("anders", merchant, await portal.customer(merchant))

    answer = await portal.post(f"/anders/dokumente/{document}/weiterleiten", stranger, contact_id=bo)

    assert answer.status_code == 404
    assert portal.owners.asked_of(f"/v1/documents/{document}/forward") == []
