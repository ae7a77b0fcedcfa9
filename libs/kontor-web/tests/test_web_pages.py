"""Responses of an edge that uses kontor-web: headers, files, forms, errors, news."""

import asyncio
import re
import time

import httpx
import pytest

from kontor_web.live import Hub

HTML = {"accept": "text/html"}


@pytest.fixture
async def client(gallery: str):
    # Cookies are Secure, as in a browser that trusts localhost; httpx is told by hand.
    async with httpx.AsyncClient(base_url=gallery, headers=HTML) as opened:
        yield opened


def cookie_header(**cookies: str) -> dict[str, str]:
    return {"cookie": "; ".join(f"__Host-gallery-{name}={value}" for name, value in cookies.items())}


async def seeded(client: httpx.AsyncClient) -> tuple[str, str]:
    """A form's token and the value of the cookie it belongs to."""
    page = await client.get("/")
    token = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert token
    return token[1], page.cookies["__Host-gallery-seed"]


async def test_pages_forbid_everything_that_is_not_ours(client: httpx.AsyncClient) -> None:
    headers = (await client.get("/")).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


async def test_a_page_with_a_secret_in_its_address_sends_no_referrer(client: httpx.AsyncClient) -> None:
    assert (await client.get("/l/secret")).headers["referrer-policy"] == "no-referrer"


async def test_pages_have_neither_inline_script_nor_inline_style(client: httpx.AsyncClient) -> None:
    for path in ("/", "/document", "/l/x", "/gone"):
        html = (await client.get(path)).text
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]* src=)|javascript:", html)


async def test_styles_scripts_and_fonts_may_be_kept_for_a_year(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    css = re.search(r'href="(/static/kontor\.[0-9a-f]+\.css)"', page)
    assert css
    answer = await client.get(css[1])
    assert "immutable" in answer.headers["cache-control"]
    font = re.search(r'url\("(/static/plex-latin[^"]+)"\)', answer.text)
    assert font
    file = await client.get(font[1])
    assert file.headers["content-type"] == "font/woff2"
    assert file.content[:4] == b"wOF2"
    assert len(file.content) < 60_000


async def test_scripts_import_each_other_by_hashed_names(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    script = re.search(r'src="(/static/kontor\.[0-9a-f]+\.js)"', page)
    assert script
    imported = re.findall(r'import\("\./([^"]+)"\)', (await client.get(script[1])).text)
    assert imported
    for name in imported:
        assert (await client.get(f"/static/{name}")).status_code == 200


async def test_a_merchants_colour_is_a_stylesheet_of_ours(client: httpx.AsyncClient) -> None:
    page = (await client.get("/?accent=e30613")).text
    address = re.search(r'href="(/static/theme/e30613\.css[^"]*)"', page)
    assert address
    assert "--accent-ink" in (await client.get(address[1])).text
    assert (await client.get("/static/theme/nothex.css")).status_code == 404


@pytest.mark.parametrize("path", ["/static/../pages.py", "/static/kontor.css", "/static/%2e%2e/pages.py"])
async def test_nothing_else_is_served_as_static(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_a_form_with_its_token_is_taken(client: httpx.AsyncClient) -> None:
    token, seed = await seeded(client)
    answer = await client.post("/form", data={"csrf": token, "amount": "12,50"}, headers=cookie_header(seed=seed))
    assert answer.status_code == 303
    shown = await client.get("/", headers=cookie_header(seed=seed, flash=answer.cookies["__Host-gallery-flash"]))
    assert '<p class="note good">1250</p>' in shown.text


@pytest.mark.parametrize("token", ["", "wrong"])
async def test_a_form_without_its_token_changes_nothing(client: httpx.AsyncClient, token: str) -> None:
    _token, seed = await seeded(client)
    answer = await client.post("/form", data={"csrf": token, "amount": "12"}, headers=cookie_header(seed=seed))
    assert answer.status_code == 403


async def test_a_token_is_worth_nothing_without_its_cookie(client: httpx.AsyncClient) -> None:
    token, _seed = await seeded(client)
    assert (await client.post("/form", data={"csrf": token, "amount": "12"})).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://elsewhere.example"}],
)
async def test_other_sites_cannot_make_our_readers_send_forms(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    token, seed = await seeded(client)
    answer = await client.post(
        "/form", data={"csrf": token, "amount": "12"}, headers=headers | cookie_header(seed=seed)
    )
    assert answer.status_code == 403
    assert answer.json()["code"] == "foreign_request"


async def test_systems_may_call_what_is_meant_for_them(client: httpx.AsyncClient) -> None:
    answer = await client.post("/webhooks/x", headers={"sec-fetch-site": "cross-site"})
    assert answer.json() == {"taken": True}


async def test_people_get_a_sentence_and_a_number_programs_a_problem(client: httpx.AsyncClient) -> None:
    page = await client.get("/gone")
    assert page.status_code == 410
    assert "Dieser Link gilt nicht mehr" in page.text
    english = await client.get("/gone?lang=en")
    assert "This link is no longer valid" in english.text
    assert (await client.get("/api/gone")).json()["code"] == "gone"
    assert (await client.get("/gone", headers={"accept": "application/json"})).json()["code"] == "gone"


async def test_an_unknown_address_is_a_page_of_ours(client: httpx.AsyncClient) -> None:
    answer = await client.get("/nothing/here")
    assert answer.status_code == 404
    assert "Seite nicht gefunden" in answer.text


async def test_an_impossible_id_in_an_address_is_nothing_there(client: httpx.AsyncClient) -> None:
    assert (await client.get("/number/abc")).status_code == 404


async def test_a_broken_page_tells_nothing_of_its_inside(client: httpx.AsyncClient) -> None:
    answer = await client.get("/broken")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "Bei uns ist etwas schiefgegangen" in answer.text


async def test_an_open_page_hears_of_news(gallery: str) -> None:
    from kontor_gallery import create_app
    from kontor_testing.serving import serving

    app = create_app()
    async with (
        serving(app) as address,
        httpx.AsyncClient(base_url=address) as client,
        client.stream("GET", "/events") as stream,
    ):
        lines = stream.aiter_lines()
        assert await anext(line async for line in lines if line.startswith("event:")) == "event: ready"
        app.state.hub.publish({"other"})
        app.state.hub.publish({"all"})
        async with asyncio.timeout(5):
            assert await anext(line async for line in lines if line.startswith("event:")) == "event: changed"


async def test_a_page_hears_of_what_happened_before_its_stream_was_open() -> None:
    hub, made = Hub(), time.time()
    hub.publish({"all"})
    assert await anext(hub.changes({"all"}, life=1.0, since=made))
    assert [news async for news in hub.changes({"other"}, life=0.05, since=made)] == [False]
    assert [news async for news in hub.changes({"all"}, life=0.05, since=made + 60)] == [False]
