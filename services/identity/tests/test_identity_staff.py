"""Staff: nobody learns where else somebody works, and who works for several merchants chooses one."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from PIL import Image

pytestmark = pytest.mark.asyncio(loop_scope="module")

EMAIL = "sven@beide.test"
PASSWORD = "Sieben Birken am Kanal"


async def add(shop: Any, email: str = EMAIL, role: str = "sales") -> Any:
    wanted = {"name": "Sven", "email": email, "role": role, "own_password": shop.stage.owner_password}
    return await shop.call("POST", "/v1/staff", "staff:edit", json=wanted)


async def resets(stage: Any, merchant: UUID) -> list[str]:
    """The ids of the mails to him on this merchant's behalf, the oldest first."""
    issued = [event.challenge for event in await stage.events("identity.challenge.issued.v1")]
    return [one.id for one in issued if (one.email, one.merchant_id) == (EMAIL, str(merchant))]


async def choose(stage: Any, challenge: str, password: str = PASSWORD) -> Any:
    token = (await stage.secret(challenge))["url"].rpartition("/")[2]
    return await stage.as_edge(
        "POST", "/v1/password-resets/complete", edge="admin", json={"token": token, "password": password}
    )


async def log_in(stage: Any, password: str, slug: str = "") -> Any:
    body = {"slug": slug, "email": EMAIL, "password": password, "kind": "staff"}
    return await stage.as_edge("POST", "/v1/sessions/password", edge="admin", json=body)


async def working_for_two(stage: Any, second_password: str = PASSWORD) -> tuple[Any, Any]:
    shops = await stage.shop("muster"), await stage.shop("anders")
    for shop, password in zip(shops, (PASSWORD, second_password), strict=True):
        assert (await add(shop)).status_code == 201
        (challenge,) = await resets(stage, shop.id)
        assert (await choose(stage, challenge, password)).status_code == 200
    return shops


async def test_an_address_known_to_another_merchant_is_answered_like_a_new_one(stage: Any) -> None:
    first, second = await stage.shop("muster"), await stage.shop("anders")
    assert (await add(first)).status_code == 201
    known, new = await add(second), await add(second, "neu@beide.test")
    of_the_person = {"id", "email", "created_at"}
    said = [{k: v for k, v in answer.json().items() if k not in of_the_person} for answer in (known, new)]
    assert (known.status_code, said[0]) == (new.status_code, said[1])
    # Who has the address reads it in a mail on behalf of that merchant.
    assert len(await resets(stage, second.id)) == 1

    twice = await add(second)
    assert (twice.status_code, twice.json()["code"]) == (409, "email_taken")


async def test_a_first_password_somewhere_leaves_the_one_elsewhere_alone(stage: Any) -> None:
    await working_for_two(stage, "Drei Eichen hinterm Haus")
    for password, slug in ((PASSWORD, "muster"), ("Drei Eichen hinterm Haus", "anders")):
        answer = await log_in(stage, password)
        assert answer.json()["session"]["slug"] == slug


async def test_who_has_one_password_for_both_chooses_a_merchant(stage: Any) -> None:
    await working_for_two(stage)
    asked = await log_in(stage, PASSWORD)
    assert (asked.status_code, asked.json()["code"]) == (409, "several_merchants")
    assert sorted(one["slug"] for one in asked.json()["merchants"]) == ["anders", "muster"]
    assert (await log_in(stage, PASSWORD, "anders")).json()["session"]["slug"] == "anders"
    # Nobody else is told.
    wrong = await log_in(stage, "falsch falsch")
    assert (wrong.status_code, wrong.json()["code"]) == (401, "invalid_credentials")
    assert "merchants" not in wrong.json()


async def test_no_time_tells_in_how_many_merchants_an_address_is_known(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []

    @asynccontextmanager
    async def uniform(seconds: float) -> AsyncIterator[None]:
        steps.append("begins")
        try:
            yield
        finally:
            steps.append("ends")

    verify = stage.deps.passwords.verify

    async def verified(stored: str | None, password: str) -> bool:
        steps.append("verifies")
        return bool(await verify(stored, password))

    await working_for_two(stage)
    monkeypatch.setattr("kontor_identity.sessions.password.uniform_time", uniform)
    monkeypatch.setattr(stage.deps.passwords, "verify", verified)
    assert (await log_in(stage, "falsch falsch")).status_code == 401
    assert steps == ["begins", "verifies", "verifies", "ends"]


async def test_one_merchant_ends_its_own_access_alone(stage: Any) -> None:
    first, second = await working_for_two(stage)
    staff = (await first.call("GET", "/v1/staff", "staff:edit")).json()["staff"]
    (his,) = [one["id"] for one in staff if one["email"] == EMAIL]
    off = {"active": False, "own_password": stage.owner_password}
    assert (await first.call("PATCH", f"/v1/staff/{his}", "staff:edit", json=off)).status_code == 200
    assert (await log_in(stage, PASSWORD)).json()["session"]["slug"] == second.slug


async def test_a_forgotten_password_is_mailed_for_each_merchant(stage: Any) -> None:
    first, second = await working_for_two(stage)
    wanted = {"slug": "", "email": EMAIL, "kind": "staff"}
    assert (await stage.as_edge("POST", "/v1/password-resets", edge="admin", json=wanted)).status_code == 202
    assert [len(await resets(stage, shop.id)) for shop in (first, second)] == [2, 2]


async def test_what_customers_see_of_a_member_of_staff_is_kept_and_told(stage: Any, shop: Any) -> None:
    body = {
        "name": "Sven",
        "email": "sven@muster.test",
        "role": "sales",
        "phone": "+49 821 4711",
        "function": "Vertrieb",
    }
    sven = (await shop.call("POST", "/v1/staff", "staff:edit", json=body)).json()
    path = f"/v1/staff/{sven['id']}"
    await shop.call("PATCH", path, "staff:edit", json={"team": "Außendienst"})
    drawn = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "geheim"
    Image.new("RGB", (900, 600), (20, 120, 80)).save(drawn, "JPEG", exif=exif)
    answer = await shop.call("PUT", f"{path}/picture", "staff:edit", content=drawn.getvalue())

    told = (await stage.events("identity.staff_member.changed.v1"))[-1].staff_member
    assert (told.name, told.phone, told.function, told.team) == ("Sven", "+49 821 4711", "Vertrieb", "Außendienst")
    sha256 = answer.json()["picture_sha256"]
    assert told.picture_sha256 == sha256
    content = await stage.deps.files.get(sha256)
    assert b"geheim" not in content
    assert Image.open(io.BytesIO(content)).size == (320, 213)


async def test_a_picture_is_for_edges_of_its_own_merchant_and_gone_when_removed(stage: Any, shop: Any) -> None:
    staff = (await shop.call("GET", "/v1/staff", "staff:edit")).json()["staff"][0]
    drawn = io.BytesIO()
    Image.new("RGB", (20, 20)).save(drawn, "PNG")
    path = f"/v1/staff/{staff['id']}/picture"
    sha256 = (await shop.call("PUT", path, "staff:edit", content=drawn.getvalue())).json()["picture_sha256"]
    other = await stage.shop("anders")

    async def status(merchant: Any, edge: str = "gateway") -> int:
        body = {"audience": "identity", "merchant_id": str(merchant)}
        token = (await stage.as_edge("POST", "/v1/service-tokens", edge=edge, json=body)).json()["token"]
        asked = await stage.http.get(f"/v1/staff-pictures/{sha256}", headers={"Authorization": f"Bearer {token}"})
        return asked.status_code

    assert [await status(shop.id), await status(other.id), await status(shop.id, "notifications")] == [200, 404, 403]
    await shop.call("DELETE", path, "staff:edit")
    assert await status(shop.id) == 404


async def test_a_file_that_is_no_picture_is_refused(shop: Any) -> None:
    staff = (await shop.call("GET", "/v1/staff", "staff:edit")).json()["staff"][0]

    refused = await shop.call("PUT", f"/v1/staff/{staff['id']}/picture", "staff:edit", content=b"<svg/>")

    assert (refused.status_code, refused.json()["code"]) == (422, "not_an_image")
