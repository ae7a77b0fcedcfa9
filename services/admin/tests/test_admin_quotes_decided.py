"""Quotes that were decided, amended or asked about, on their page and on the board."""

from typing import Any

from admin_shop import NOW, Shop
from starlette.responses import Response

from kontor.documents.v1 import documents_pb2 as pb

CONTENT = {
    "type": "quote", "currency": "EUR", "issue_date": "2026-11-12", "valid_until": "2026-12-12", "seller": {"name": "B"},
    "buyer": {"name": "S"}, "tax_breakdown": [], "totals": {"net": "100", "gross": "119", "due": "119"},
    "lines": [{"id": "1", "name": "Kessel", "quantity": "2", "unit": "C62", "net_price": "50", "net": "100", "optional": True}],
}  # fmt: skip


def quote(shop: Shop, number: str, **values: Any) -> pb.DocumentSnapshot:
    usual = {"type": "quote", "content_sha256": "ef" * 32, "revision": 1, "valid_until": "2026-12-12"}
    shop.owners.answers["GET", f"/v1/content/{'ef' * 32}"] = CONTENT
    return shop.document(number, **(usual | values))


async def test_an_acceptance_is_shown_with_its_evidence_and_signature(shop: Shop) -> None:
    chosen = pb.Selection(
        lines=[pb.ChosenLine(id="1", selected=True, quantity="2")], net_minor=10000, gross_minor=11900
    )
    decision = pb.Decision(at=NOW, name="Anna Seidel", function="Inhaberin", evidence_sha256="aa" * 32)
    accepted = quote(shop, "AN-1", outcome="accepted", decision=decision, selection=chosen)
    await shop.told(accepted)
    id = accepted.document.id
    shop.owners.answers["GET", f"/v1/documents/{id}/evidence"] = {"evidence": [{
        "number": 1, "name": "Anna Seidel", "signed": "drawn", "signature_text": "", "at": NOW.isoformat(),
        "at_local": NOW.isoformat(), "ip": "203.0.113.7", "user_agent": "Firefox", "content_sha256": "ef" * 32, "sha256": "aa" * 32,
        "consents": [], "actor": {"subject": "user:1", "name": "Anna Seidel"},
    }]}  # fmt: skip
    page = await shop.page(f"/dokumente/{id}")
    for text in (
        "angenommen",
        "Anna Seidel",
        "Inhaberin",
        "203.0.113.7",
        "Firefox",
        f"/angebote/{id}/unterschrift/1",
        "Kessel",
    ):
        assert text in page, text
    assert f"/angebote/{id}/bearbeiten" not in page
    picture = f"/v1/documents/{id}/evidence/1/signature"
    shop.owners.answers["GET", picture] = Response(b"\x89PNG", media_type="image/png")
    answer = await shop.client.get(f"/angebote/{id}/unterschrift/1")
    assert (answer.headers["content-type"], answer.content) == ("image/png", b"\x89PNG")
    assert shop.owners.tokens[-1]["right"] == "documents:read"


async def test_an_expired_quote_is_extended_with_one_click(shop: Shop) -> None:
    asked = pb.CustomerRequest(kind="extension", text="Noch zwei Wochen, bitte", at=NOW, actor="Anna Seidel")
    expired = quote(shop, "AN-2", outcome="expired", valid_until="2026-11-20", request=asked)
    await shop.told(expired)
    id = expired.document.id
    page = await shop.page(f"/dokumente/{id}")
    # As long as at first: eight days from today on.
    assert ("Bis 29.11.2026 verlängern" in page, "Noch zwei Wochen, bitte" in page) == (True, True)
    shop.owners.answers["POST", f"/v1/documents/{id}/extend"] = {}
    answer = await shop.post(f"/angebote/{id}/verlaengern", {"valid_until": "2026-11-29"})
    assert answer.headers["location"] == f"/dokumente/{id}"
    assert shop.owners.calls[-1] == ("POST", f"/v1/documents/{id}/extend", {"valid_until": "2026-11-29"})
    shop.owners.answers["POST", f"/v1/documents/{id}/request-done"] = {}
    await shop.post(f"/angebote/{id}/erledigt")
    assert shop.owners.calls[-1][1] == f"/v1/documents/{id}/request-done"


async def test_versions_are_shown_with_what_changed(shop: Shop) -> None:
    amended = quote(shop, "AN-3", revision=2)
    await shop.told(amended)
    id = amended.document.id
    changes = [
        {"kind": "line_changed", "id": "1", "name": "Kessel", "field": "quantity", "before": "1", "after": "2"},
        {"kind": "line_removed", "id": "2", "name": "Pumpe", "field": "net", "before": "80", "after": ""},
        {"kind": "changed", "id": "", "name": "", "field": "totals.gross", "before": "59.5", "after": "119"},
    ]
    shop.owners.answers["GET", f"/v1/documents/{id}/revisions"] = {
        "revisions": [{"revision": 1, "replaced_at": "2026-11-20T09:00:00Z", "changes": changes}]
    }
    page = await shop.page(f"/dokumente/{id}")
    for text in ("Fassung 2", "59,50 €</del>", "119,00 €</ins>", "Kessel, Menge", "Pumpe", "80,00 €</del>"):
        assert text in page.replace("\u00a0", " "), text


async def test_the_board_says_what_customers_ask_for_and_what_is_decided_or_ends_soon(shop: Shop) -> None:
    customer = shop.customer("20931", "Seidel Optik")
    of = {"customer_id": customer.customer.id}
    asked = pb.CustomerRequest(kind="new_offer", text="Mit Wallbox?", at=NOW)
    await shop.told(
        customer, quote(shop, "AN-4", request=asked, valid_until="2027-01-31", **of),
        quote(shop, "AN-5", outcome="declined", decision=pb.Decision(at=NOW, reason="Zu teuer"), **of),
        quote(shop, "AN-6", valid_until="2026-11-23", **of), quote(shop, "AN-7", valid_until="2027-02-01", **of),
    )  # fmt: skip
    board = await shop.page("/")
    assert "Seidel Optik bittet um ein neues Angebot" in board
    assert [number in board for number in ("AN-4", "AN-5", "AN-6", "AN-7")] == [True, True, True, False]
    assert "3 offen" in board


async def test_a_merchant_without_quotes_sees_none_on_the_board(shop: Shop) -> None:
    await shop.told(shop.document("RE-1"))
    assert "/angebote/neu" not in await shop.page("/")


async def test_an_accepted_quote_whose_payment_failed_is_a_task_and_says_so_everywhere(shop: Shop) -> None:
    customer = shop.customer("20931", "Seidel Optik")
    decision = pb.Decision(at=NOW, name="Anna Seidel")
    failed, paid = (
        quote(shop, number, outcome="accepted", decision=decision, customer_id=customer.customer.id)
        for number in ("AN-8", "AN-9")
    )
    owed = shop.receivable(failed.document.id, open_minor=2380, last_failure="insufficient_funds")
    await shop.told(customer, failed, paid, owed, shop.receivable(paid.document.id, state="paid", open_minor=0))
    board = (await shop.page("/")).replace("\u00a0", " ")
    task = board.partition("Angenommen, aber die Zahlung ist fehlgeschlagen")[2].partition("</ul>")[0]
    assert "AN-8" in task
    assert "23,80 € offen" in task
    assert "AN-9" not in task
    unpaid = await shop.page("/angebote?stand=unpaid")
    assert ["AN-8" in unpaid, "AN-9" in unpaid] == [True, False]
    for path in (f"/dokumente/{failed.document.id}", "/angebote", "/dokumente"):
        assert "angenommen, Zahlung fehlgeschlagen" in await shop.page(path), path
    assert "angenommen, Zahlung fehlgeschlagen" not in await shop.page(f"/dokumente/{paid.document.id}")


async def test_money_for_a_quote_that_asks_for_none_any_more_is_a_task_and_is_said_on_its_page(shop: Shop) -> None:
    customer = shop.customer("20931", "Seidel Optik")
    amended, other = (quote(shop, number, customer_id=customer.customer.id) for number in ("AN-10", "AN-11"))
    back = shop.receivable(
        amended.document.id, state="cancelled", due_minor=0, open_minor=0, paid_minor=2380, overpaid_minor=2380
    )
    await shop.told(customer, amended, other, back)
    board = (await shop.page("/")).replace("\u00a0", " ")
    task = board.partition("Bezahlt, obwohl nichts mehr verlangt ist")[2].partition("</ul>")[0]
    assert ("AN-10" in task, "23,80 € zurückzuzahlen" in task, "AN-11" in task) == (True, True, False)
    found = await shop.page("/angebote?stand=overpaid")
    assert ["AN-10" in found, "AN-11" in found] == [True, False]
    page = (await shop.page(f"/dokumente/{amended.document.id}")).replace("\u00a0", " ")
    assert "Es wurden 23,80 € mehr bezahlt, als jetzt zu zahlen ist." in page
    assert "mehr bezahlt" not in await shop.page(f"/dokumente/{other.document.id}")
