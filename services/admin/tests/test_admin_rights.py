"""What customers and their contact persons may see and do: settings per type (A4, C22), persons' rights (B18), previews (A10)."""

from typing import Any
from uuid import uuid4

import pytest
from admin_shop import Shop

from kontor.identity.v1 import identity_pb2

_FORM = {
    "visible": ["quote", "invoice"], "can_print": ["invoice"], "can_comment": ["quote"], "can_accept": ["quote", "invoice"],
    "can_pay": ["invoice"], "attach_standing": ["quote"], "visible_from_quote": "accepted", "acceptance": ["signature", "deposit"],
    "deposit_percent": "30", "decline_reasons": "Zu teuer\n\nKein Bedarf\nZu teuer", "expiry_reminder_days": "5",
    "document_view": "pdf",
}  # fmt: skip


async def test_what_each_type_allows_is_set_on_one_page(shop: Shop) -> None:
    shop.owners.answers["PATCH", "/v1/merchant"] = {}
    answer = await shop.post("/einstellungen/dokumente", _FORM)

    assert answer.status_code == 303
    sent = shop.owners.calls[-1][2]
    types = {one["type"]: one for one in sent["document_types"]}
    assert types["quote"] == {
        "type": "quote", "visible": True, "can_print": False, "can_comment": True, "can_accept": True, "attach_standing": True,
        "visible_from": "accepted", "acceptance": ["signature", "deposit"], "deposit_percent": "30",
    }  # fmt: skip
    assert "can_accept" not in types["invoice"]
    assert "can_pay" not in types["quote"]
    assert sent["decline_reasons"] == ["Zu teuer", "Kein Bedarf"]
    assert (sent["expiry_reminder_days"], sent["document_view"]) == (5, "pdf")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"deposit_percent": ""}, "deposit_percent"),
        ({"acceptance": ["payment", "deposit"]}, "acceptance"),
        ({"expiry_reminder_days": "400"}, "expiry_reminder_days"),
    ],
)
async def test_what_cannot_be_set_is_said_at_its_field(shop: Shop, wrong: dict[str, Any], field: str) -> None:
    answer = await shop.post("/einstellungen/dokumente", _FORM | wrong)

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert "Kein Bedarf" in answer.text
    assert not [call for call in shop.owners.calls if call[1] == "/v1/merchant"]


async def with_person(shop: Shop, **rights: Any) -> tuple[str, str]:
    person = identity_pb2.ContactPerson(
        id=str(uuid4()), name="Bo Bauer", email="bo@huber.example", language="de", access="active", **rights
    )
    customer = shop.customer("30001", "Bäckerei Huber")
    customer.customer.contacts.append(person)
    await shop.told(customer)
    return customer.customer.id, person.id


async def test_a_persons_rights_are_shown_and_changed(shop: Shop) -> None:
    customer, person = await with_person(shop, may_accept=True, document_types=["invoice"])
    page = await shop.page(f"/kunden/{customer}")
    assert "darf Angebote annehmen" in page
    assert "sieht Rechnungen" in page
    form = await shop.page(f"/kunden/{customer}/personen/{person}")
    assert 'id="sees-invoice" name="document_types" value="invoice" checked' in form
    shop.owners.answers["PATCH", f"/v1/customers/{customer}/contacts/{person}"] = {}

    await shop.post(
        f"/kunden/{customer}/personen/{person}", {"name": "Bo Bauer", "language": "de", "document_types": ["quote"]}
    )

    sent = shop.owners.calls[-1][2]
    assert (sent["may_accept"], sent["document_types"]) == (False, ["quote"])


async def test_a_preview_leads_to_the_address_that_identity_made_for_this_person(shop: Shop) -> None:
    customer, person = await with_person(shop)
    shop.owners.answers["POST", "/v1/previews"] = {"url": "https://portal.test/vorschau/t"}

    answer = await shop.client.get(f"/kunden/{customer}/vorschau?person={person}")

    assert (answer.status_code, answer.headers["location"]) == (303, "https://portal.test/vorschau/t")
    assert shop.owners.calls[-1][2] == {"customer_id": customer, "contact_id": person}
    assert shop.owners.tokens[-1]["right"] == "previews:read"


async def test_without_a_preview_its_reason_is_said_on_the_page_it_was_asked_for_on(shop: Shop) -> None:
    customer, _person = await with_person(shop)
    shop.owners.refuse("POST", "/v1/previews", 403, code="not_allowed", detail="Das Portal ist ausgeschaltet.")

    answer = await shop.client.get(f"/kunden/{customer}/vorschau")

    assert answer.headers["location"] == f"/kunden/{customer}"
    assert "__Host-kontor-admin-flash=" in answer.headers["set-cookie"]


async def test_staff_get_what_customers_see_of_them(shop: Shop) -> None:
    person = {"id": str(uuid4()), "name": "Sven", "email": "sven@b.example", "phone": "", "function": "", "team": "",
              "picture_sha256": "", "role": "sales", "active": True}  # fmt: skip
    shop.owners.answers["GET", "/v1/staff"] = {"staff": [person]}
    shop.owners.answers["PATCH", f"/v1/staff/{person['id']}"] = {}
    shop.owners.answers["PUT", f"/v1/staff/{person['id']}/picture"] = {}
    assert "Sven" in await shop.page("/einstellungen/team")
    form = {"name": "Sven", "function": "Vertrieb", "team": "Nord", "phone": "+49 821 4711"}

    answer = await shop.post(
        f"/einstellungen/team/{person['id']}", form, files=[("picture", ("s.jpg", b"jpeg", "image/jpeg"))]
    )

    assert answer.headers["location"] == "/einstellungen/team"
    assert [(method, path) for method, path, _ in shop.owners.calls if method != "GET"] == [
        ("PUT", f"/v1/staff/{person['id']}/picture"), ("PATCH", f"/v1/staff/{person['id']}"),
    ]  # fmt: skip
    assert shop.owners.calls[-1][2] == form
