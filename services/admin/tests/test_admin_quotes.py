"""Quotes written in the admin: rows without scripts, what is handed in, findings at the field of their row."""

from typing import Any
from uuid import uuid4

from admin_shop import NOW, Shop

from kontor.documents.v1 import documents_pb2

ROW = {"name": "Wärmepumpe", "quantity": "1", "unit": "C62", "net_price": "12.500,00", "tax": "S:19", "choice": "fixed"}
OPTION = ROW | {
    "name": "Pufferspeicher",
    "net_price": "890,50",
    "choice": "unticked",
    "discount": "10",
    "quantity_max": "3",
}
HEAD = {
    "key": "k", "external_id": "kontor-1", "issue_date": "2026-11-21", "valid_until": "21.12.2026", "customer_number": "20931",
    "language": "de", "acceptance": ["click", "deposit"], "deposit_percent": "30", "title": "Heizungstausch",
}  # fmt: skip


def filled(*rows: dict[str, str], **more: Any) -> dict[str, Any]:
    return HEAD | {f"lines[{n}].{name}": value for n, row in enumerate(rows) for name, value in row.items()} | more


async def told_customer(shop: Shop) -> None:
    await shop.told(shop.customer("20931", "Seidel Optik"), shop.customer("20932", "Seidel Druck"))


def takes_submissions(shop: Shop) -> str:
    submission = str(uuid4())
    shop.owners.answers["POST", "/v1/submissions"] = {"id": submission, "status": "accepted"}
    return submission


def handed_in(shop: Shop) -> dict[str, Any]:
    return next(body for _method, path, body in shop.owners.calls if path == "/v1/submissions")


async def test_a_quote_is_handed_in_as_documents_takes_it(shop: Shop) -> None:
    await told_customer(shop)
    submission = takes_submissions(shop)
    draft = shop.document("AN-1", type="quote", state="waiting", source="kontor")
    processed = documents_pb2.Submission(
        id=submission, merchant_id=str(shop.merchant_id), epoch=1, version=1, status="processed", source="kontor",
        document_id=draft.document.id, received_at=NOW,
    )  # fmt: skip
    await shop.told(draft, documents_pb2.SubmissionSnapshot(submission=processed))
    answer = await shop.post("/angebote/neu", filled(ROW, OPTION, discount="5"))
    assert (answer.status_code, answer.headers["location"]) == (303, f"/dokumente/{draft.document.id}")
    sent = handed_in(shop)
    assert {name: sent[name] for name in ("type", "customer_number", "valid_until", "acceptance", "deposit_percent")} == {
        "type": "quote", "customer_number": "20931", "valid_until": "2026-12-21", "acceptance": ["click", "deposit"],
        "deposit_percent": "30",
    }  # fmt: skip
    fixed, option = sent["lines"]
    assert (fixed["id"], fixed["net_price"], fixed["optional"]) == ("1", "12500.00", False)
    assert (option["optional"], option["selected"], option["quantity_max"]) == (True, False, "3")
    assert (option["allowances_charges"][0]["amount"], option["allowances_charges"][0]["percent"]) == ("89.05", "10")
    # Five per cent of what is chosen at first.
    assert [(one["amount"], one["tax_rate"]) for one in sent["allowances_charges"]] == [("625.00", "19")]


async def test_rows_are_added_moved_and_taken_away_without_scripts(shop: Shop) -> None:
    await told_customer(shop)
    added = await shop.post("/angebote/neu", filled(ROW, do="add"))
    assert (added.status_code, 'name="lines[1].name"' in added.text, "Wärmepumpe" in added.text) == (200, True, True)
    moved = await shop.post("/angebote/neu", filled(ROW, OPTION, do="up-1"))
    assert moved.text.index("Pufferspeicher") < moved.text.index("Wärmepumpe")
    removed = await shop.post("/angebote/neu", filled(ROW, OPTION, do="remove-0"))
    assert ("Wärmepumpe" in removed.text, "Pufferspeicher" in removed.text) == (False, True)
    assert not [path for _method, path, _body in shop.owners.calls if path == "/v1/submissions"]


async def test_what_is_wrong_stands_at_the_field_of_its_row(shop: Shop) -> None:
    await told_customer(shop)
    wrong = filled(ROW, ROW | {"net_price": "viel", "name": ""}, valid_until="20.11.2026", deposit_percent="")
    answer = await shop.post("/angebote/neu", wrong)
    assert answer.status_code == 422
    for name in ("lines[1].net_price", "lines[1].name", "valid_until", "deposit_percent"):
        assert f'id="{name}-error"' in answer.text, name
    refusal = {"field": "lines[0].quantity_max", "code": "x", "message": "Höchstens 3.", "params": {}}
    shop.owners.refuse("POST", "/v1/submissions", 422, errors=[refusal])
    answer = await shop.post("/angebote/neu", filled(ROW))
    assert (answer.status_code, 'id="lines[0].quantity_max-error">Höchstens 3.' in answer.text) == (422, True)


async def test_a_customer_is_found_by_name_where_only_one_fits(shop: Shop) -> None:
    await told_customer(shop)
    takes_submissions(shop)
    several = await shop.post("/angebote/neu", filled(ROW, customer_number="Seidel"))
    assert (several.status_code, "20932 Seidel Druck" in several.text) == (422, True)
    await shop.post("/angebote/neu", filled(ROW, customer_number="seidel optik"))
    assert handed_in(shop)["customer_number"] == "20931"


async def test_a_sent_quote_is_amended_with_what_the_form_does_not_know(shop: Shop) -> None:
    await told_customer(shop)
    takes_submissions(shop)
    quote = shop.document(
        "AN-7", type="quote", external_id="erp-7", content_sha256="ab" * 32, source="http", revision=1
    )
    await shop.told(quote)
    shop.owners.answers["GET", f"/v1/content/{'ab' * 32}"] = {
        "type": "quote", "number": "AN-7", "customer_number": "20931", "issue_date": "2026-11-12", "valid_until": "2026-12-12",
        "currency": "EUR", "language": "de", "payment_terms": "14 Tage netto", "totals": {"net": "1", "gross": "1", "due": "1"},
        "lines": [{"id": "10", "name": "Kessel", "quantity": "2.5", "unit": "C62", "net_price": "100", "net": "250",
                   "tax_category": "S", "tax_rate": "19.00", "seller_item_id": "K-1"}],
    }  # fmt: skip
    here = f"/angebote/{quote.document.id}/bearbeiten"
    page = await shop.page(here)
    assert 'value="2,5"' in page
    assert "neue Fassung" in page
    row = ROW | {"id": "10", "name": "Kessel", "quantity": "3"}
    assert f'name="content_sha256" value="{"ab" * 32}"' in page
    changed = filled(row, external_id="erp-7", number="AN-7")
    # Somebody else has saved another content since this form was opened.
    late = await shop.post(here, changed | {"content_sha256": "cd" * 32})
    assert (late.status_code, "inzwischen von jemand anderem geändert" in late.text) == (409, True)
    assert not [path for _method, path, _body in shop.owners.calls if path == "/v1/submissions"]
    await shop.post(here, changed | {"content_sha256": "ab" * 32})
    assert shop.owners.based_on == "ab" * 32
    sent = handed_in(shop)
    assert (sent["external_id"], sent["payment_terms"], "totals" in sent) == ("erp-7", "14 Tage netto", False)
    line = sent["lines"][0]
    assert (line["id"], line["quantity"], line["seller_item_id"], "net" in line) == ("10", "3", "K-1", False)


async def test_what_was_decided_cannot_be_changed(shop: Shop) -> None:
    quote = shop.document("AN-8", type="quote", outcome="accepted", content_sha256="ab" * 32)
    await shop.told(quote)
    shop.owners.answers["GET", f"/v1/content/{'ab' * 32}"] = {"type": "quote"}
    answer = await shop.client.get(f"/angebote/{quote.document.id}/bearbeiten")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/dokumente/{quote.document.id}")
    invoice = shop.document("RE-8")
    await shop.told(invoice)
    await shop.page(f"/angebote/{invoice.document.id}/bearbeiten", 404)


async def test_the_list_says_where_quotes_stand_and_drafts_wait_for_no_release(shop: Shop) -> None:
    await shop.told(
        shop.document("AN-1", type="quote", state="waiting", source="kontor"),
        shop.document("AN-2", type="quote", valid_until="2026-11-24"),
        shop.document("AN-3", type="quote", outcome="declined"),
        shop.document("RE-1"),
    )
    every = await shop.page("/angebote")
    assert [number in every for number in ("AN-1", "AN-2", "AN-3", "RE-1")] == [True, True, True, False]
    soon = await shop.page("/angebote?stand=soon")
    assert [number in soon for number in ("AN-1", "AN-2", "AN-3")] == [False, True, False]
    assert "AN-1" not in await shop.page("/freigabe")


async def test_a_quote_is_kept_as_a_template_and_begun_from_one(shop: Shop) -> None:
    await told_customer(shop)
    template = {"id": str(uuid4()), "name": "Heizung", "valid_days": 30, "title": "Heizungstausch", "lines": 1}
    shop.owners.answers["POST", "/v1/quote-templates"] = template
    kept = await shop.post("/angebote/neu", filled(ROW, do="template", template_name="Heizung", customer_number=""))
    assert (kept.status_code, "Vorlage „Heizung“" in kept.text) == (200, True)
    sent = next(body for _method, path, body in shop.owners.calls if path == "/v1/quote-templates")
    assert (sent["name"], sent["valid_days"], "customer_number" in sent["data"]) == ("Heizung", 30, False)
    shop.owners.answers["GET", "/v1/quote-templates"] = {"templates": [template]}
    assert f"/angebote/neu?vorlage={template['id']}" in await shop.page("/angebote/vorlagen")
    shop.owners.answers["GET", f"/v1/quote-templates/{template['id']}"] = template | {
        "data": sent["data"],
        "valid_days": 10,
    }
    begun = await shop.page(f"/angebote/neu?vorlage={template['id']}")
    assert [text in begun for text in ("Wärmepumpe", 'value="12500,00"', 'value="01.12.2026"')] == [True, True, True]
    shop.owners.refuse("PATCH", f"/v1/quote-templates/{template['id']}", 409, detail="Diesen Namen gibt es schon.")
    renamed = await shop.post(f"/angebote/vorlagen/{template['id']}/umbenennen", {"name": "Bad"})
    assert (renamed.status_code, renamed.headers["location"]) == (303, "/angebote/vorlagen")
