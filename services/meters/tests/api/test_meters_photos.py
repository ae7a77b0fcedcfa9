"""A photo beside the value."""

import io
from typing import Any

import httpx
import pillow_heif
import pytest
from PIL import Image

from kontor_service.ids import uuid7


def photo(kind: str = "JPEG", size: tuple[int, int] = (3000, 2000), **save: Any) -> bytes:
    pillow_heif.register_heif_opener()
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind, **save)
    return out.getvalue()


async def upload(world: Any, content: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
    files = {"file": ("zaehler.jpg", content, "image/jpeg")}
    return await world.http.post("/v1/photos", files=files, headers=headers or world.person())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
async def test_a_phones_picture_is_kept_as_jpeg(world: Any, kind: str) -> None:
    meter = await world.add()
    sha256 = (await upload(world, photo(kind))).json()["sha256"]
    result = await world.enter(meter, "10", photo_sha256=sha256)
    answer = await world.http.get(f"/v1/readings/{result['id']}/photo", headers=world.service())
    with Image.open(io.BytesIO(answer.content)) as kept:
        assert (answer.headers["content-type"], kept.format, kept.size) == ("image/jpeg", "JPEG", (1600, 1067))


async def test_where_a_picture_was_taken_is_not_kept(world: Any) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N-SECRET"
    exif[0x010E] = "SECRET-PLACE"
    content = photo(exif=exif)
    assert b"SECRET" in content
    sha256 = (await upload(world, content)).json()["sha256"]
    assert b"SECRET" not in await world.app.state.files.get(sha256)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"<html>", photo()[:500]])
async def test_a_picture_that_is_no_picture_is_refused(world: Any, content: bytes) -> None:
    answer = await upload(world, content)
    assert (answer.status_code, answer.json()["code"]) == (422, "not_an_image")


async def test_a_picture_with_too_many_pixels_is_refused(world: Any) -> None:
    answer = await upload(world, photo("PNG", (10_000, 6_500)))
    assert (answer.status_code, answer.json()["code"]) == (413, "picture_too_large")


async def test_a_file_over_the_limit_is_refused(world: Any) -> None:
    answer = await upload(world, photo() + b"\0" * (25 * 1024 * 1024))
    assert (answer.status_code, answer.json()["code"]) == (413, "picture_too_large")


async def test_a_photo_of_another_merchant_is_unknown(world: Any) -> None:
    meter = await world.add()
    own = world.signer.token("meters", "meters:edit", merchant=uuid7())
    sha256 = (await upload(world, photo(size=(7, 7)), own)).json()["sha256"]
    result = await world.enter(meter, "10", photo_sha256=sha256)
    assert result["findings"][0]["code"] == "unknown_photo"


async def test_a_photo_is_shown_to_its_merchant_alone(world: Any) -> None:
    meter = await world.add()
    sha256 = (await upload(world, photo(size=(9, 9)))).json()["sha256"]
    result = await world.enter(meter, "10", photo_sha256=sha256)
    path = f"/v1/readings/{result['id']}/photo"
    assert (await world.http.get(path, headers=world.staff())).status_code == 200
    assert (await world.http.get(path, headers=world.staff(uuid7()))).status_code == 404
    assert (await world.http.get(path, headers=world.person())).status_code == 403


async def test_a_reading_without_photo_says_so(world: Any) -> None:
    meter = await world.add()
    result = await world.enter(meter, "10")
    answer = await world.http.get(f"/v1/readings/{result['id']}/photo", headers=world.staff())
    assert (answer.status_code, answer.json()["code"]) == (404, "photo_not_found")
