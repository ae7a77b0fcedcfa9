"""Merchants: registering, settings, logo."""

import io
from typing import Any

import pytest
from PIL import Image

from kontor_identity.merchants.inputs import OwnerInput, Registration
from kontor_identity.merchants.service import SlugTaken, register_merchant

pytestmark = pytest.mark.asyncio(loop_scope="module")


def registration(slug: str = "muster", email: str = "olga@muster.test", password: str | None = None) -> Registration:
    return Registration(name="Muster GmbH", slug=slug, owner=OwnerInput(name="Olga", email=email, password=password))


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 120)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (20, 120, 80)).save(out, kind)
    return out.getvalue()


async def test_a_new_merchant_starts_with_the_defaults_and_an_owner_who_can_log_in(stage: Any, shop: Any) -> None:
    settings = (await shop.call("GET", "/v1/merchant", "merchant:edit")).json()

    assert settings["slug"] == "muster"
    assert settings["portal_enabled"] is True
    assert settings["automatic_release"] is False
    assert settings["payments_enabled"] is False
    assert settings["portal_access_default"] is True
    assert settings["payments_enabled"] is False
    assert [t["type"] for t in settings["document_types"] if t["visible"]] == ["invoice"]
    (registered,) = await stage.events("identity.merchant.registered.v1")
    assert registered.merchant.id == str(shop.id)
    assert (await stage.login_staff(shop.owner_email, stage.owner_password)).json()["session"]["role"] == "owner"


async def test_an_owner_without_a_password_gets_a_mail_to_choose_one(stage: Any) -> None:
    await register_merchant(stage.deps, registration())

    (issued,) = await stage.events("identity.challenge.issued.v1")
    assert issued.challenge.kind == "password_reset"
    secret = await stage.as_service("POST", f"/v1/challenges/{issued.challenge.id}/secret")
    url = secret.json()["url"]
    assert url.startswith("https://admin.test/passwort/")
    body = {"token": url.rpartition("/")[2], "password": "Winterabend am Kamin"}
    answer = await stage.as_edge("POST", "/v1/password-resets/complete", edge="admin", json=body)
    assert answer.json()["session"]["role"] == "owner"
    assert (await stage.login_staff("olga@muster.test", "Winterabend am Kamin")).status_code == 200


async def test_a_slug_is_given_to_one_merchant_only(stage: Any) -> None:
    await register_merchant(stage.deps, registration())

    with pytest.raises(SlugTaken) as refused:
        await register_merchant(stage.deps, registration(email="other@muster.test"))
    assert refused.value.field == "slug"


async def test_one_person_may_own_several_merchants(stage: Any) -> None:
    made = [await register_merchant(stage.deps, registration(slug=slug)) for slug in ("muster", "anders")]

    issued = [event.challenge for event in await stage.events("identity.challenge.issued.v1")]
    assert [one.merchant_id for one in issued] == [one["id"] for one in made]
    assert len({one.email for one in issued}) == 1


async def test_changed_settings_are_normalised_and_told_once(stage: Any, shop: Any) -> None:
    change = {
        "accent_color": "#AABBCC", "iban": "DE89 3704 0044 0532 0130 00", "vat_id": "DE 136695976",
        "address": {"line1": "Hauptstraße 1", "post_code": "10115", "city": "Berlin"},
        "document_types": [{"type": "quote", "visible": True}],
        "payment_days": 14, "discount_days": 7, "discount_percent": "2.5", "further_ibans": ["DE02 1203 0000 0000 2020 51"],
    }  # fmt: skip
    answer = (await shop.call("PATCH", "/v1/merchant", "merchant:edit", json=change)).json()
    again = (await shop.call("PATCH", "/v1/merchant", "merchant:edit", json=change)).json()

    assert answer["version"] == again["version"] == 2
    (changed,) = await stage.events("identity.merchant.settings_changed.v1")
    assert changed.merchant.accent_color == "#aabbcc"
    assert changed.merchant.iban == "DE89370400440532013000"
    assert changed.merchant.further_ibans == ["DE02120300000000202051"]
    assert changed.merchant.vat_id == "DE136695976"
    assert changed.merchant.address.country == "DE"
    terms = (changed.merchant.payment_days, changed.merchant.discount_days, changed.merchant.discount_percent)
    assert terms == (14, 7, "2.5")
    quote = next(t for t in changed.merchant.document_types if t.type == "quote")
    assert quote.visible
    assert quote.can_accept


async def test_how_quotes_are_accepted_declined_and_shown_is_set_and_told(stage: Any, shop: Any) -> None:
    quote = {"type": "quote", "visible_from": "accepted", "acceptance": ["deposit", "signature"], "deposit_percent": "30",
             "attach_standing": True}  # fmt: skip
    change = {"document_types": [quote], "decline_reasons": ["Zu teuer"], "expiry_reminder_days": 5,
              "document_view": "pdf", "texts_reviewed_on": "2026-11-28"}  # fmt: skip
    await shop.call("PATCH", "/v1/merchant", "merchant:edit", json=change)

    (changed,) = await stage.events("identity.merchant.settings_changed.v1")
    told = next(t for t in changed.merchant.document_types if t.type == "quote")
    assert (told.visible_from, list(told.acceptance)) == ("accepted", ["signature", "deposit"])
    assert (told.deposit_percent, told.attach_standing, told.can_accept) == ("30", True, True)
    merchant = changed.merchant
    assert list(merchant.decline_reasons) == ["Zu teuer"]
    assert (merchant.expiry_reminder_days, merchant.document_view) == (5, "pdf")
    assert merchant.texts_reviewed_on == "2026-11-28"


@pytest.mark.parametrize(
    "wanted",
    [
        {"type": "invoice", "visible_from": "accepted"}, {"type": "quote", "visible_from": "waiting"},
        {"type": "quote", "acceptance": ["payment", "deposit"], "deposit_percent": "30"},
        {"type": "quote", "acceptance": ["deposit"]}, {"type": "quote", "acceptance": ["fax"]},
    ],
)  # fmt: skip
async def test_what_a_type_cannot_be_set_to_is_refused(shop: Any, wanted: dict[str, Any]) -> None:
    answer = await shop.call("PATCH", "/v1/merchant", "merchant:edit", json={"document_types": [wanted]})

    assert answer.status_code == 422
    assert answer.json()["field"].startswith("document_types")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("accent_color", "red"), ("iban", "DE89370400440532013001"), ("further_ibans", ["DE89370400440532013001"]),
        ("vat_id", "DE123"), ("bic", "XX"),
        ("slug", "-a"), ("slug", "api"), ("language", "fr"), ("time_zone", "Berlin"), ("contact_email", "nobody"),
        ("mail_from_name", "a\nBcc: b@c.de"), ("nonsense", "x"),
        ("payment_days", -1), ("payment_days", 366), ("discount_percent", "2,5"), ("discount_percent", "0"),
    ],
)  # fmt: skip
async def test_a_setting_that_is_wrong_is_refused_by_name(shop: Any, field: str, value: str) -> None:
    answer = await shop.call("PATCH", "/v1/merchant", "merchant:edit", json={field: value})

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["field"].split(".")[0].split("[")[0] == field


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"discount_percent": "2"}, "payment_days"),
        ({"discount_days": 7, "discount_percent": "2"}, "payment_days"),
        ({"payment_days": 14, "discount_percent": "2"}, "discount_days"),
        ({"payment_days": 14, "discount_days": 7}, "discount_days"),
        ({"payment_days": 7, "discount_days": 7, "discount_percent": "2"}, "discount_days"),
    ],
)
async def test_a_cash_discount_that_nobody_would_get_is_no_setting(
    shop: Any, terms: dict[str, Any], field: str
) -> None:
    answer = await shop.call("PATCH", "/v1/merchant", "merchant:edit", json=terms)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "discount_incomplete", field)


async def test_the_days_of_payment_stay_while_there_is_a_discount(shop: Any) -> None:
    terms = {"payment_days": 14, "discount_days": 7, "discount_percent": "2"}
    assert (await shop.call("PATCH", "/v1/merchant", "merchant:edit", json=terms)).status_code == 200
    assert (await shop.call("PATCH", "/v1/merchant", "merchant:edit", json={"payment_days": 0})).status_code == 422
    none = {"payment_days": 0, "discount_days": 0, "discount_percent": ""}
    assert (await shop.call("PATCH", "/v1/merchant", "merchant:edit", json=none)).status_code == 200


async def test_a_setting_can_be_emptied(shop: Any) -> None:
    await shop.call("PATCH", "/v1/merchant", "merchant:edit", json={"contact_email": "a@b.de"})
    await shop.call("PATCH", "/v1/merchant", "merchant:edit", json={"contact_email": ""})

    assert (await shop.call("GET", "/v1/merchant", "merchant:edit")).json()["contact_email"] == ""


@pytest.mark.parametrize(("kind", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
async def test_a_logo_is_encoded_anew_and_public_by_its_hash(stage: Any, shop: Any, kind: str, media_type: str) -> None:
    answer = await shop.call("PUT", "/v1/merchant/logo", "merchant:edit", content=picture(kind, (1800, 720)))

    state = stage.state_in(answer.json())["state"]
    assert state.logo_media_type == media_type
    shown = await stage.http.get(f"/v1/logos/{state.logo_sha256}")
    assert shown.headers["content-type"] == media_type
    assert Image.open(io.BytesIO(shown.content)).size == (600, 240)


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"GIF89a" + b"\0" * 40, picture()[:200]])
async def test_what_is_no_picture_becomes_no_logo(shop: Any, content: bytes) -> None:
    answer = await shop.call("PUT", "/v1/merchant/logo", "merchant:edit", content=content)

    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "logo_invalid", "logo")


@pytest.mark.parametrize("content", [b"\x89PNG" + b"0" * (2 * 1024 * 1024), picture(size=(4001, 4000))])
async def test_a_logo_that_is_too_large_is_refused(shop: Any, content: bytes) -> None:
    answer = await shop.call("PUT", "/v1/merchant/logo", "merchant:edit", content=content)

    assert (answer.status_code, answer.json()["code"]) == (413, "logo_too_large")


async def test_other_files_of_the_storage_are_not_public(stage: Any) -> None:
    sha256 = await stage.deps.files.put(b"not a logo")

    assert (await stage.http.get(f"/v1/logos/{sha256}")).status_code == 404
