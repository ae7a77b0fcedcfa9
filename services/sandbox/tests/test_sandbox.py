"""The sandbox provider by itself: its storage, its API, its hosted page in a real browser."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe

from kontor_sandbox.server import create_app
from kontor_sandbox.settings import SandboxSettings
from kontor_testing.browser import chromium
from kontor_testing.serving import free_port

PLATFORM = {"Authorization": "Bearer sandbox"}


@contextmanager
def running(file: Path, port: int) -> Iterator[httpx.Client]:
    """The provider as its own server, in a thread of its own."""
    settings = SandboxSettings(environment="development", database=file, public_url=f"http://127.0.0.1:{port}")
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=port, log_config=None, lifespan="on"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", transport=httpx.HTTPTransport(retries=20)) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[httpx.Client]:
    with running(tmp_path / "sandbox.db", free_port()) as client:
        yield client


def open_account(client: httpx.Client) -> dict[str, str]:
    body = {"reference": "merchant-1", "name": "Muster", "webhook_url": "http://127.0.0.1:9/hooks"}
    answer = client.post("/v1/accounts", json=body, headers=PLATFORM)
    return {"Authorization": f"Bearer {answer.json()['api_key']}"}


def create(client: httpx.Client, keys: dict[str, str], **fields: Any) -> dict[str, Any]:
    body = {
        "amount_minor": 11900, "currency": "EUR", "reference": "ours-1", "description": "Rechnung RE-1 · Muster GmbH",
        "return_url": "http://127.0.0.1:9/zurueck", "cancel_url": "http://127.0.0.1:9/abbruch",
    }  # fmt: skip
    answer = client.post("/v1/checkouts", json=body | fields, headers=keys)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_nobody_opens_an_account_without_the_platforms_key(sandbox: httpx.Client) -> None:
    body = {"reference": "x", "webhook_url": "http://127.0.0.1:9/"}
    assert sandbox.post("/v1/accounts", json=body).status_code == 401
    assert sandbox.post("/v1/checkouts", json={}, headers={"Authorization": "Bearer sk_no"}).status_code == 401


def test_one_account_sees_nothing_of_another(sandbox: httpx.Client) -> None:
    checkout = create(sandbox, open_account(sandbox))
    body = {"reference": "merchant-2", "webhook_url": "http://127.0.0.1:9/"}
    other = {"Authorization": "Bearer " + sandbox.post("/v1/accounts", json=body, headers=PLATFORM).json()["api_key"]}
    assert sandbox.get(f"/v1/checkouts/{checkout['id']}", headers=other).status_code == 404
    assert sandbox.get("/v1/checkouts", headers=other).json()["data"] == []


def test_a_paid_checkout_cannot_be_expired_or_paid_again(sandbox: httpx.Client) -> None:
    keys = open_account(sandbox)
    checkout = create(sandbox, keys)
    assert sandbox.post(checkout["url"], data={"outcome": "success"}).status_code == 303
    assert sandbox.post(f"/v1/checkouts/{checkout['id']}/expire", headers=keys).status_code == 409
    assert sandbox.post(checkout["url"], data={"outcome": "success"}).status_code == 409
    assert len(sandbox.get(f"/v1/checkouts/{checkout['id']}", headers=keys).json()["payments"]) == 1


def test_no_more_is_refunded_than_was_paid(sandbox: httpx.Client) -> None:
    keys = open_account(sandbox)
    checkout = create(sandbox, keys)
    sandbox.post(checkout["url"], data={"outcome": "success"})
    payment = sandbox.get(f"/v1/checkouts/{checkout['id']}", headers=keys).json()["payments"][0]["id"]
    for amount, reference, status in [(11900, "r1", 201), (11900, "r1", 201), (1, "r2", 422)]:
        body = {"payment": payment, "amount_minor": amount, "reference": reference}
        assert sandbox.post("/v1/refunds", json=body, headers=keys).status_code == status


def test_money_on_its_way_settles_by_itself_after_a_moment(sandbox: httpx.Client) -> None:
    keys = open_account(sandbox)
    sandbox.put("/v1/account/next", json={"settle_after_seconds": 0}, headers=keys)
    checkout = create(sandbox, keys)
    sandbox.post(checkout["url"], data={"outcome": "pending"})
    states = set()
    while "succeeded" not in states:
        states = {p["state"] for p in sandbox.get(f"/v1/checkouts/{checkout['id']}", headers=keys).json()["payments"]}
        assert states <= {"pending", "succeeded"}


def test_everything_survives_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.db"
    port = free_port()
    with running(file, port) as client:
        keys = open_account(client)
        checkout = create(client, keys)
        client.post(checkout["url"], data={"outcome": "pending"})
    with running(file, port) as client:
        again = client.get(f"/v1/checkouts/{checkout['id']}", headers=keys).json()
        assert [p["state"] for p in again["payments"]] == ["pending"]
        client.post("/sandbox/settle", json={"checkout": checkout["id"]})
        again = client.get(f"/v1/checkouts/{checkout['id']}", headers=keys).json()
        assert [p["state"] for p in again["payments"]] == ["succeeded"]


@pytest.mark.parametrize(("language", "scheme"), [("de", "light"), ("en", "dark")])
def test_the_hosted_page_is_accessible_and_fits_every_screen(sandbox: httpx.Client, language: str, scheme: str) -> None:
    checkout = create(sandbox, open_account(sandbox), language=language)
    with chromium() as browser:
        for width in (320, 1440):
            page = browser.new_page(
                viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True  # type: ignore[arg-type]
            )  # fmt: skip
            page.goto(checkout["url"])
            assert page.evaluate("document.documentElement.scrollWidth") == width
            assert page.locator("html").get_attribute("lang") == language
            for step in (None, "button[value=decline]", "button[value=authenticate]"):
                if step:
                    page.click(step)
                    page.wait_for_load_state()
                report = Axe().run(page)
                assert report.violations_count == 0, report.generate_report()
            page.close()


def test_the_page_works_without_scripts_and_leads_back_to_the_merchant(sandbox: httpx.Client) -> None:
    # Another origin: browsers hold form-action against the redirect too.
    checkout = create(
        sandbox, open_account(sandbox), return_url=f"http://localhost:{sandbox.base_url.port}/sandbox?paid=yes"
    )
    with chromium() as browser:
        page = browser.new_context(java_script_enabled=False).new_page()
        page.goto(checkout["url"])
        page.get_by_role("button", name="Erfolgreich bezahlen").click()
        page.wait_for_url("**/sandbox?paid=yes")
        assert "succeeded" in page.content()
