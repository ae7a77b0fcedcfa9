"""What goes along with a quote in its form: files, and the contact person from the team."""

import asyncio
from typing import Any
from uuid import uuid4

from admin_shop import Shop
from starlette.responses import JSONResponse
from test_admin_quotes import ROW, filled, handed_in, takes_submissions, told_customer

from kontor.identity.v1 import identity_pb2

PLAN = {"name": "Plan.pdf", "media_type": "application/pdf", "sha256": "ef" * 32, "size": 2048}
CHOSEN = [("files", ("plan", b"%PDF-1.7", "application/pdf"))]


async def told_team(shop: Shop) -> None:
    people: list[dict[str, Any]] = [
        {"name": "Sven Brunner", "email": "sven@brunner.example", "function": "Vertrieb", "active": True},
        {"name": "Ute Alt", "email": "ute@brunner.example", "active": False},
    ]
    await shop.told(*(
        identity_pb2.StaffMemberSnapshot(staff_member=identity_pb2.StaffMember(
            id=str(uuid4()), merchant_id=str(shop.merchant_id), epoch=1, version=1, **person,
        )) for person in people
    ))  # fmt: skip


async def test_the_contact_person_is_chosen_from_the_team(shop: Shop) -> None:
    await told_customer(shop)
    await told_team(shop)
    takes_submissions(shop)
    page = await shop.page("/angebote/neu")
    assert '<option value="sven@brunner.example">Sven Brunner, Vertrieb</option>' in page
    assert "Ute Alt" not in page
    chosen = {"responsible.who": "sven@brunner.example", "responsible.name": "nicht gemeint"}
    await shop.post("/angebote/neu", filled(ROW, **chosen))
    assert handed_in(shop)["responsible"] == {"email": "sven@brunner.example"}


async def test_somebody_outside_the_team_is_described(shop: Shop) -> None:
    await told_customer(shop)
    takes_submissions(shop)
    nameless = await shop.post("/angebote/neu", filled(ROW, **{"responsible.who": "other"}))
    assert (nameless.status_code, 'id="responsible.name-error"' in nameless.text) == (422, True)
    other = {"responsible.who": "other", "responsible.name": "Mia Extern", "responsible.phone": "0821 1"}
    await shop.post("/angebote/neu", filled(ROW, **other))
    said = handed_in(shop)["responsible"]
    assert (said["name"], said["phone"], said["email"]) == ("Mia Extern", "0821 1", "")


async def test_whoever_has_left_the_team_stays_on_the_quote_as_it_names_them(shop: Shop) -> None:
    quote = shop.document("AN-7", type="quote", content_sha256="ab" * 32)
    await shop.told(quote)
    shop.owners.answers["GET", f"/v1/content/{'ab' * 32}"] = {
        "type": "quote", "customer_number": "20931", "issue_date": "2026-11-12", "lines": [], "currency": "EUR",
        "responsible": {"name": "Ute Alt", "email": "ute@brunner.example", "phone": "0821 2"},
    }  # fmt: skip
    page = await shop.page(f"/angebote/{quote.document.id}/bearbeiten")
    assert '<option value="other" selected>' in page
    assert 'value="Ute Alt"' in page


async def test_files_go_up_with_the_form_and_are_named_by_the_quote(shop: Shop) -> None:
    await told_customer(shop)
    takes_submissions(shop)
    shop.owners.answers["POST", "/v1/quote-files"] = PLAN
    shown = await shop.post("/angebote/neu", filled(ROW, do="attach"), files=CHOSEN)
    kept = f"{'ef' * 32} 2048 Plan.pdf"
    assert (shown.status_code, f'name="attachment" value="{kept}"' in shown.text) == (200, True)
    gone = await shop.post("/angebote/neu", filled(ROW, attachment=kept, do="detach-0"))
    assert (gone.status_code, "Plan.pdf" in gone.text) == (200, False)
    await shop.post("/angebote/neu", filled(ROW, attachment=kept))
    assert handed_in(shop)["attachments"] == [{"sha256": "ef" * 32, "file_name": "Plan.pdf"}]


async def test_a_refused_file_is_said_at_its_field_and_nothing_is_saved(shop: Shop) -> None:
    await told_customer(shop)
    shop.owners.refuse("POST", "/v1/quote-files", 422, code="file_not_accepted", field="file", detail="Nur Dokumente.")
    answer = await shop.post("/angebote/neu", filled(ROW), files=CHOSEN)
    assert (answer.status_code, 'id="files-error">Nur Dokumente.' in answer.text) == (422, True)
    assert "Wärmepumpe" in answer.text
    assert not [path for _method, path, _body in shop.owners.calls if path == "/v1/submissions"]


async def test_more_than_ten_files_at_once_are_refused_at_their_field_and_nothing_typed_is_lost(shop: Shop) -> None:
    await told_customer(shop)
    answer = await shop.post("/angebote/neu", filled(ROW), files=CHOSEN * 12)
    assert (
        answer.status_code,
        'id="files-error">Es können höchstens 10' in answer.text,
        "Wärmepumpe" in answer.text,
    ) == (
        422,
        True,
        True,
    )
    assert not [path for _method, path, _body in shop.owners.calls if path == "/v1/submissions"]


async def test_who_saves_second_of_two_at_once_keeps_what_was_typed(shop: Shop) -> None:
    await told_customer(shop)
    quote = shop.document("AN-7", type="quote", content_sha256="ab" * 32)
    await shop.told(quote)
    shop.owners.answers["GET", f"/v1/content/{'ab' * 32}"] = shop.owners.answers["GET", f"/v1/content/{'cd' * 32}"] = {
        "type": "quote", "customer_number": "20931", "issue_date": "2026-11-12", "lines": [], "currency": "EUR",
    }  # fmt: skip
    newer = shop.document("AN-7", type="quote", id=quote.document.id, version=2, content_sha256="cd" * 32)
    loop = asyncio.get_running_loop()

    def refuse(_body: object) -> JSONResponse:
        """As documents does while the copy has not heard of the other change yet."""
        asyncio.run_coroutine_threadsafe(shop.told(newer), loop)
        return JSONResponse({"status": 409, "detail": "no", "code": "changed_meanwhile"}, 409)

    shop.owners.answers["POST", "/v1/submissions"] = refuse
    answer = await shop.post(
        f"/angebote/{quote.document.id}/bearbeiten", filled(ROW | {"name": "Mein Kessel"}, content_sha256="ab" * 32)
    )
    assert (answer.status_code, "inzwischen von jemand anderem geändert" in answer.text) == (409, True)
    assert ('value="Mein Kessel"' in answer.text, f'value="{"cd" * 32}"' in answer.text) == (True, True)
