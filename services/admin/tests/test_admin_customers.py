"""Customers: created, imported from a file, invited."""

import re
from uuid import uuid4

import pytest
from admin_shop import Shop, answer_of

from kontor.identity.v1 import identity_pb2


async def test_a_customer_is_created_and_shown_at_once(shop: Shop) -> None:
    made = shop.customer("30001", "Bäckerei Huber")
    shop.owners.answers["POST", "/v1/customers"] = answer_of(made)
    form = {"number": "30001", "name": "Bäckerei Huber", "kind": "business", "language": "de", "portal_access": "default",
            "mail_mode": "default", "roles": "customer", "country": "de"}  # fmt: skip
    answer = await shop.post("/kunden/neu", form)
    assert answer.headers["location"] == f"/kunden/{made.customer.id}"
    assert shop.owners.calls[-1][2]["address"]["country"] == "DE"
    assert "Bäckerei Huber" in await shop.page(f"/kunden/{made.customer.id}")


async def test_customers_are_looked_at_line_by_line_before_they_are_stored(shop: Shop) -> None:
    assert "Kundennummer;Name" in (await shop.client.get("/kunden/einlesen/vorlage.csv")).text
    told = (
        "Kundennr.;Firma;PLZ;Ort;E-Mail;Rollen\r\n1;Bäckerei Huber;86150;Augsburg;post@huber.example;Kunde, lieferant,\r\n\r\n"
        "2;Müller;;;falsch;Freund\r\n"
    )
    error = {"detail": "Falsch", "errors": [{"field": "email", "message": "Diese E-Mail-Adresse ist ungültig."}]}
    shop.owners.answers["POST", "/v1/customers/batches"] = {
        "results": [{"outcome": "new"}, {"outcome": "refused", "error": error}]
    }
    page = await shop.post("/kunden/einlesen", files=[("file", ("k.csv", told.encode("cp1252"), "text/csv"))])
    assert "Diese E-Mail-Adresse ist ungültig." in page.text
    assert re.search(r"<td>4</td><td><strong>Müller", page.text)
    assert "1 · Augsburg · Kunde, Lieferant" in page.text
    assert "Einen Kunden speichern" in page.text
    sent = shop.owners.calls[-1][2]
    assert sent["store"] is False
    assert sent["customers"][0] == {
        "number": "1", "name": "Bäckerei Huber", "email": "post@huber.example",
        "address": {"post_code": "86150", "city": "Augsburg"}, "roles": ["customer", "supplier"],
    }  # fmt: skip
    assert sent["customers"][1]["roles"] == ["Freund"]
    stored = await shop.post("/kunden/einlesen", {"content": told, "store": "on"})
    assert stored.headers["location"] == "/kunden"
    assert shop.owners.calls[-1][2] == sent | {"store": True}


@pytest.mark.parametrize(
    "told", ["", "Name;Ort\nHuber;Augsburg", "Kundennummer;Name\n", "number,name\n" + "1,x\n" * 1001]
)
async def test_a_file_that_names_no_customers_is_refused_at_the_field(shop: Shop, told: str) -> None:
    answer = await shop.post("/kunden/einlesen", files=[("file", ("k.csv", told.encode(), "text/csv"))])
    assert (answer.status_code, 'id="file-error"' in answer.text) == (422, True)


async def test_a_line_that_is_no_csv_is_named_at_the_field(shop: Shop) -> None:
    open_quote = 'Kundennummer;Name\n1;Huber\n2;"Müller\n' + "3;Meier und Söhne\n" * 9000
    answer = await shop.post("/kunden/einlesen", files=[("file", ("k.csv", open_quote.encode(), "text/csv"))])
    assert answer.status_code == 422
    assert re.search(r'id="file-error">\s*Zeile 3 ist nicht lesbar', answer.text)


async def test_what_identity_finds_wrong_stands_beside_the_field_and_nothing_typed_is_lost(shop: Shop) -> None:
    finding = {
        "field": "address.country",
        "code": "value_error",
        "message": "Bitte geben Sie das Land als Kürzel aus zwei Buchstaben an.",
    }
    shop.owners.refuse("POST", "/v1/customers", 422, code="invalid", errors=[finding])
    form = {"number": "1", "name": "Weber & Söhne", "kind": "consumer", "language": "en", "portal_access": "off",
            "mail_mode": "link", "roles": "supplier", "country": "D1"}  # fmt: skip
    answer = await shop.post("/kunden/neu", form)
    assert answer.status_code == 422
    assert 'id="country-error">Bitte geben Sie das Land als Kürzel aus zwei Buchstaben an' in answer.text
    assert 'value="Weber &amp; Söhne"' in answer.text
    assert '<option value="consumer" selected>' in answer.text


async def test_roles_stand_on_the_customers_page_and_are_changed_in_its_form(shop: Shop) -> None:
    customer = shop.customer("1", "Seidel", roles=["customer", "supplier"])
    await shop.told(customer)
    here = f"/kunden/{customer.customer.id}"
    assert "Kunde, Lieferant" in await shop.page(here)
    form = await shop.page(f"{here}/bearbeiten")
    assert [f'value="{role}" checked' in form for role in ("customer", "supplier", "partner")] == [True, True, False]
    changed = shop.customer("1", "Seidel", id=customer.customer.id, version=2, roles=["partner"])
    shop.owners.answers["PATCH", f"/v1{here.replace('kunden', 'customers')}"] = answer_of(changed)
    sent = {"number": "1", "name": "Seidel", "kind": "business", "language": "de", "portal_access": "default",
            "mail_mode": "default", "roles": "partner", "country": "DE"}  # fmt: skip
    await shop.post(f"{here}/bearbeiten", sent)
    assert shop.owners.calls[-1][2]["roles"] == ["partner"]
    assert "<dd>Partner</dd>" in await shop.page(here)


async def test_another_merchants_customer_is_not_there(shop: Shop) -> None:
    foreign = shop.customer("9", "Fremd", merchant_id=str(uuid4()))
    await shop.told(foreign)
    assert "Fremd" not in await shop.page("/kunden")
    for path in ("", "/bearbeiten", "/personen/neu"):
        await shop.page(f"/kunden/{foreign.customer.id}{path}", 404)


async def test_inviting_a_new_person_takes_two_commands_and_one_form(shop: Shop) -> None:
    before = shop.customer("1", "Seidel")
    await shop.told(before)
    person = identity_pb2.ContactPerson(id=str(uuid4()), name="Anna", email="anna@example.com", access="none")
    after = shop.customer("1", "Seidel", id=before.customer.id, version=2, contacts=[person])
    base = f"/v1/customers/{before.customer.id}/contacts"
    shop.owners.answers["POST", base] = answer_of(after)
    shop.owners.answers["POST", f"{base}/{person.id}/invite"] = answer_of(after)
    form = {"name": "Anna", "email": "anna@example.com", "language": "de", "gets_invoices": "on", "invite": "on"}
    assert (await shop.post(f"/kunden/{before.customer.id}/personen/neu", form)).status_code == 303
    assert [call[1] for call in shop.owners.calls] == [base, f"{base}/{person.id}/invite"]
