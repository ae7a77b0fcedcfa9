"""Labels with QR codes, to be stuck beside meters."""

import io
from typing import Any

import httpx
import pikepdf
import pytest


async def stickers(world: Any, count: int, headers: dict[str, str] | None = None, **fields: Any) -> httpx.Response:
    item = {"number": "1ESY1", "kind": "water", "place": "Keller", "url": "https://portal.test/z/secret"} | fields
    body = {"merchant": {"name": "Muster", "accent": "#0b6e4f"}, "items": [item] * count}
    return await world.http.post("/v1/stickers", json=body, headers=headers or world.staff())


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (21, 1), (22, 2)])
async def test_twenty_one_labels_are_on_a_sheet(world: Any, count: int, pages: int) -> None:
    answer = await stickers(world, count)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert len(pdf.pages) == pages


async def test_the_sheet_speaks_the_merchants_language(world: Any) -> None:
    await world.register(language="en")
    with pikepdf.open(io.BytesIO((await stickers(world, 1)).content)) as pdf:
        assert (str(pdf.Root.Lang), str(pdf.docinfo["/Title"])) == ("en", "Stickers for meters")


async def test_markup_in_a_place_is_text(world: Any) -> None:
    answer = await stickers(world, 1, place='#panic("x") $ * [')
    assert answer.status_code == 200


async def test_signs_that_the_typeface_lacks_stop_no_sheet(world: Any) -> None:
    answer = await stickers(world, 1, place="Keller 🔌 漢字")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")


async def test_a_code_leads_to_a_web_page(world: Any) -> None:
    answer = await stickers(world, 1, url="javascript:alert(1)")
    assert (answer.status_code, answer.json()["field"]) == (422, "items[0].url")


async def test_customers_print_no_stickers(world: Any) -> None:
    assert (await stickers(world, 1, world.person())).status_code == 403
