"""Secrets are where they are needed and nowhere else: no row, no event, no log, no mail log, no later address."""

import asyncio
import base64
import json
import re
from collections.abc import Collection
from typing import Any

import httpx
import pytest

from kontor_testing.browser import chromium

from .conftest import add_staff
from .world import EDGES, OWNERS, PASSWORD, World, until

_NEW = "Ein-ganz-neues-Passwort-77"
DATABASES = (*OWNERS, *EDGES, "bus")


@pytest.fixture(scope="module")
def secrets(world: World) -> dict[str, str]:
    """Everything that lets somebody in, each used once the way it is meant to be."""
    found = {
        "link": token_of(world.b.ids["link"]), "link cookie": value_of(world.b.ids["cookie"]), "api key": world.b.api_key,
        "staff cookie": value_of(world.b.staff), "password": PASSWORD,
    }  # fmt: skip
    gert = {"name": "Gert Geheim", "email": "gert@geheim.example"}
    body = {"name": "Geheim GbR", "kind": "business", "email": "post@geheim.example", "contacts": [gert]}
    customer = world.act(world.b, "identity", "customers:edit", "PUT", "/v1/customers/by-number/B-5", json=body)["id"]
    contact = world.value("identity", "SELECT id FROM contact WHERE customer_id = $1", customer)
    path = f"/v1/customers/{customer}"
    found["customer link"] = token_of(world.act(world.b, "identity", "customers:edit", "GET", f"{path}/link")["url"])
    world.act(world.b, "identity", "customers:edit", "POST", f"{path}/contacts/{contact}/invite")
    found |= _account(world)
    found |= _code(world)
    found |= _reset(world)
    add_staff(world, world.b, "support", "geheim@zweitwerk.example")
    found["staff reset"] = token_of(world.mailed_link("geheim@zweitwerk.example", "/passwort/"))
    headers = world.command(world.b.staff, "identity", "account")
    found["command token"] = headers["Authorization"].rpartition(".")[2]
    _use_api_key(world)
    return found


def _account(world: World) -> dict[str, str]:
    invitation = world.mailed_link("gert@geheim.example", "/einladung/")
    assert world.call("gateway", "GET", httpx.URL(invitation).path).status_code == 200
    cookie = world.enter("gateway", httpx.URL(invitation).path, {"password": PASSWORD, "again": PASSWORD})
    again = world.portal(world.b.slug, "gert@geheim.example", PASSWORD)
    world.call(
        "gateway",
        "POST",
        f"/{world.b.slug}/anmelden",
        form={"email": "gert@geheim.example", "password": "Falsch-geraten-99"},
    )
    return {
        "invitation": token_of(invitation), "invited cookie": value_of(cookie), "portal cookie": value_of(again),
        "wrong password": "Falsch-geraten-99",
    }  # fmt: skip


def _code(world: World) -> dict[str, str]:
    page = world.call("gateway", "POST", f"/{world.b.slug}/code", form={"email": "gert@geheim.example"}).text
    challenge = re.search(r'name="challenge"[^>]*value="([^"]+)"', page) or re.search(r'value="([0-9a-f-]{36})"', page)
    assert challenge

    def mailed() -> str:
        """The code, which stands on a line of its own."""
        mine = [mail["text"] for mail in world.messages() if "gert@" in str(mail["to"])]
        return next((found[1] for text in mine if (found := re.search(r"(?m)^\s*(\d{4} ?\d{4})\s*$", text))), "")

    said = until(mailed)
    cookie = world.enter("gateway", f"/{world.b.slug}/code/pruefen", {"challenge": challenge[1], "code": said})
    return {"code": said.replace(" ", ""), "code cookie": value_of(cookie)}


def _reset(world: World) -> dict[str, str]:
    world.call("gateway", "POST", f"/{world.b.slug}/passwort-vergessen", form={"email": "gert@geheim.example"})
    link = world.mailed_link("gert@geheim.example", "/passwort/")
    cookie = world.enter("gateway", httpx.URL(link).path, {"password": _NEW, "again": _NEW})
    return {"reset": token_of(link), "reset cookie": value_of(cookie), "new password": _NEW}


def _use_api_key(world: World) -> None:
    for _ in range(2):
        headers = {"Authorization": f"Bearer {world.b.api_key}", "Idempotency-Key": "once"}
        world.http.get(world.url("gateway", "/api/events"), headers=headers)
        world.http.post(world.url("gateway", "/api/ingest/v1/documents"), headers=headers, content=b"<nonsense/>")


def token_of(link: str) -> str:
    return httpx.URL(link).path.rpartition("/")[2]


def value_of(cookie: str) -> str:
    return cookie.partition("=")[2]


def found_in(text: str, secrets: dict[str, str], but: Collection[str] = ()) -> list[str]:
    """Which secrets stand in the text: as they are, in hexadecimal (bytea), or in base64."""
    lowered = text.lower()
    return [
        name
        for name, secret in secrets.items()
        if name not in but
        and (secret in text or secret.encode().hex() in lowered or any(core in text for core in _in_base64(secret)))
    ]


def _in_base64(secret: str) -> list[str]:
    """What base64 makes of its middle, for each of the three places where it may begin."""
    shifted = [
        base64.b64encode(b" " * shift + secret.encode()).decode()[skip:-4] for shift, skip in ((0, 0), (1, 2), (2, 3))
    ]
    return [core for core in shifted if len(core) > 8]


@pytest.mark.parametrize("database", DATABASES)
def test_no_row_of_any_table_holds_one(world: World, secrets: dict[str, str], database: str) -> None:
    dumped = asyncio.run(_dump(world, database))
    assert len(dumped) > 3
    for table, text in dumped.items():
        # Eight digits may stand in any number: a code is looked for as a word of its own.
        codes = {"code"} if not re.search(rf"(?<![0-9a-f]){secrets['code']}(?![0-9a-f])", text) else set()
        assert found_in(text, secrets, codes) == [], table


async def _dump(world: World, database: str) -> dict[str, str]:
    connection = await world.connect(database)
    try:
        tables = await connection.fetch(
            "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        return {
            row["name"]: "\n".join(
                str(r["text"]) for r in await connection.fetch(f"SELECT t::text AS text FROM {row['name']} t")
            )
            for row in tables
        }
    finally:
        await connection.close()


def test_the_log_says_none(world: World, secrets: dict[str, str]) -> None:
    text = world.log.read_text(errors="replace")
    assert len(text) > 200
    assert found_in(text, secrets, {"code"}) == []
    for secret in (*world.secrets.values(), PASSWORD):
        assert secret not in text
    # Nor who people are.
    assert "gert@geheim.example" not in text
    assert "Gert Geheim" not in text


def test_the_metrics_say_none(world: World, secrets: dict[str, str]) -> None:
    for service in (*OWNERS, *EDGES):
        text = world.http.get(world.url("management", f"/{service}/metrics")).text
        assert "kontor_http_requests_total" in text
        assert found_in(text, secrets, {"code"}) == []
        assert "@" not in text


def test_the_mail_log_shows_none(world: World, secrets: dict[str, str]) -> None:
    shown = [
        world.call("admin", "GET", path, cookie=world.b.staff).text
        for path in ("/mails", "/kunden", "/einstellungen/schluessel")
    ]
    mails = world.rows("admin", "SELECT id FROM live.mail WHERE merchant_id = $1", world.b.merchant_id)
    shown += [
        world.call("admin", "GET", f"/mails/{mail['id']}/erneut", cookie=world.b.staff).text for mail in mails[:10]
    ]
    assert "gert@geheim.example" in shown[0]
    for page in shown:
        assert found_in(page, secrets) == []


def test_files_on_disk_hold_none(world: World, secrets: dict[str, str]) -> None:
    """But the mailbox itself, and what `make run` hands to its user."""
    for path in (world.home / "files").rglob("*"):
        if path.is_file():
            assert found_in(path.read_bytes().decode("latin-1"), secrets, {"code"}) == [], path


def test_used_secrets_are_worth_nothing(world: World, secrets: dict[str, str]) -> None:
    for path in (f"/einladung/{secrets['invitation']}", f"/passwort/{secrets['reset']}"):
        form = {"password": _NEW + "x", "again": _NEW + "x"}
        answer = world.call("gateway", "POST", path, form=form)
        assert answer.status_code == 410, answer.text
    answer = world.call("admin", "POST", f"/passwort/{secrets['staff reset']}", form={"password": _NEW, "again": _NEW})
    assert answer.status_code == 410


def test_a_browser_carries_the_links_token_no_further(world: World) -> None:
    """Not in a later address, not in a Referer, not in what scripts can read, not in what it stores."""
    link = world.run["customer"]["link"]
    token, asked = token_of(link), []
    with chromium() as browser:
        context = browser.new_context(locale="de-DE")
        page = context.new_page()
        page.on("request", lambda request: asked.append((request.method, request.url, request.all_headers())))
        page.goto(link)
        page.wait_for_url("**/dokumente/**")
        page.wait_for_load_state("load")
        page.goto(world.url("gateway", "/brunner/dokumente"))
        readable = page.evaluate(
            "[document.cookie, JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.referrer]"
        )
        context.close()
    opening = [url for _, url, _ in asked if token in url]
    assert opening
    assert all(httpx.URL(url).path == f"/l/{token}" for url in opening)
    assert not [
        url for _, url, headers in asked if token in json.dumps({k: v for k, v in headers.items() if k != ":path"})
    ]
    assert readable[0] == ""
    assert token not in str(readable)
    hosts: Any = {httpx.URL(url).host for _, url, _ in asked}
    assert hosts == {"localhost"}
