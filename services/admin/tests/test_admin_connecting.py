"""Connecting accounts at payment providers, step by step."""

import re
from typing import Any
from uuid import uuid4

import pytest
from admin_shop import Shop

from kontor.payments.v1 import payments_pb2

HERE = "/einstellungen/zahlungen/stripe"
ACCOUNT = {
    "id": str(uuid4()), "provider": "stripe", "account": "acct_1", "display_name": "Muster GmbH", "mode": "test", "state": "trial",
    "connected_at": "2026-11-20T09:00:00Z", "ended_at": None, "problem": "", "problem_at": None, "has_keys": True,
    "open_checkouts": 0, "pending_payments": 0, "open_refunds": 0, "saved_methods": 0,
}  # fmt: skip
TRIAL = {
    "id": str(uuid4()), "provider": "stripe", "method": "card", "amount_minor": 50, "currency": "EUR", "state": "open",
    "redirect_url": "https://checkout.stripe.com/c/1", "failure": "", "created_at": "2026-11-21T08:00:00Z",
}  # fmt: skip
# As GET /v1/settings shows providers.
NO_ACCOUNT = {
    "enabled": True, "connectable": False, "account": "", "display_name": "", "mode": "", "state": "", "problem": ""
}  # fmt: skip
ON_THE_SETTINGS_PAGE = NO_ACCOUNT | {
    "provider": "stripe", "connectable": True, "account": "acct_1", "display_name": "Muster GmbH", "mode": "live",
    "state": "live", "methods": [{"code": "card", "enabled": True, "offered": True}],
}  # fmt: skip


def known(shop: Shop, *connections: dict[str, Any], **provider: Any) -> None:
    """What payments says of Stripe and the merchant's accounts there."""
    stripe = {
        "provider": "stripe", "sign_in": "test", "has_test_mode": True, "methods": ["card", "sepa_debit"], "trial": None,
        "fields": [{"name": "key", "label": "Eingeschränkter Schlüssel", "hint": "", "secret": True, "optional": False}],
        "trial_passed": False,
    } | provider  # fmt: skip
    shop.owners.answers["GET", "/v1/connections"] = {"providers": [stripe], "connections": list(connections)}


def step(page: str, number: int) -> str:
    """What stands in the card of a step."""
    return page.split(f'id="step-{number}"')[1].split("</section>")[0]


async def test_what_is_to_be_done_next_is_the_one_form_of_the_page(shop: Shop) -> None:
    live = ACCOUNT | {"mode": "live"}
    for connections, provider, number, says in (
        ((), {}, 2, "Mit Schlüsseln verbinden"),
        ((ACCOUNT,), {}, 3, "Testzahlung beginnen"),
        ((ACCOUNT,), {"trial_passed": True}, 4, "Mit Schlüsseln für den Echtbetrieb verbinden"),
        ((live,), {"trial_passed": True}, 4, "Einschalten"),
    ):
        known(shop, *connections, **provider)
        page = await shop.page(HERE)
        assert says in step(page, number)
        assert page.count('id="own_password"') <= 1
        assert "https://stripe.com/de/pricing" in step(page, 1)


async def test_signing_in_is_offered_where_it_leads_to_the_account_that_is_wanted(shop: Shop) -> None:
    live, passed = ACCOUNT | {"mode": "live"}, {"trial_passed": True}
    for mode, connections, provider, offered in (
        ("test", (), {}, True),
        ("test", (ACCOUNT,), passed, False),
        ("test", (live | {"problem": "key_revoked"},), passed, False),
        ("live", (), {}, False),
        ("live", (ACCOUNT,), passed, True),
        ("live", (), passed, True),
        (None, (), {}, False),
    ):
        known(shop, *connections, sign_in=mode, **provider)
        page = await shop.page(HERE)
        assert ("Bei Stripe anmelden" in page) == offered, (mode, connections, provider)


async def test_enter_in_a_field_connects_with_the_keys_that_were_typed(shop: Shop) -> None:
    known(shop)
    form = step(await shop.page(HERE), 2)
    assert form.index("Mit Schlüsseln verbinden") < form.index("Bei Stripe anmelden")


async def test_a_key_goes_to_payments_after_the_password_to_identity(shop: Shop) -> None:
    known(shop)
    shop.owners.answers["POST", "/v1/account/confirm"] = {}
    shop.owners.answers["POST", "/v1/connections/stripe/keys"] = {}
    answer = await shop.post(f"{HERE}/schluessel", {"key": " rk_test_1 ", "own_password": "geheim"})
    assert answer.headers["location"] == HERE
    assert shop.owners.calls == [
        ("POST", "/v1/account/confirm", {"password": "geheim"}),
        ("POST", "/v1/connections/stripe/keys", {"fields": {"key": "rk_test_1"}}),
    ]


@pytest.mark.parametrize(
    ("status", "problem", "field"),
    [
        (422, {"code": "key_revoked", "field": "fields.key", "detail": "Dieser Schlüssel wurde widerrufen."}, "key"),
        (
            403,
            {"code": "fresh_log_in_needed", "field": "own_password", "detail": "Bitte bestätigen Sie das."},
            "own_password",
        ),
    ],
)
async def test_what_is_refused_stands_at_its_field_and_no_key_comes_back(
    shop: Shop, status: int, problem: dict[str, Any], field: str
) -> None:
    known(shop)
    shop.owners.refuse("POST", "/v1/connections/stripe/keys", status, **problem)
    answer = await shop.post(f"{HERE}/schluessel", {"key": "rk_live_secret", "own_password": ""})
    assert answer.status_code == status
    assert f'<p class="wrong" id="{field}-error">{problem["detail"]}' in answer.text
    assert "rk_live_secret" not in answer.text


async def test_signing_in_leads_to_the_provider_and_back(shop: Shop) -> None:
    known(shop)
    url = "https://connect.stripe.com/oauth/authorize?state=abc"
    shop.owners.answers["POST", "/v1/connections/stripe/sign-in"] = {"authorize_url": url}
    page = (await shop.post(f"{HERE}/anmelden", {"key": "", "own_password": ""})).text
    assert f'href="{url}"' in page
    assert shop.owners.calls[-1][2] == {"return_url": f"http://localhost:8001{HERE}/zurueck"}
    shop.owners.answers["POST", "/v1/connections/stripe/signed-in"] = {}
    await shop.client.get(f"{HERE}/zurueck?state=abc&code=ac_1&scope=read_write")
    assert shop.owners.calls[-1] == ("POST", "/v1/connections/stripe/signed-in", {"state": "abc", "code": "ac_1"})


async def test_who_refuses_at_the_provider_comes_back_to_nothing_changed(shop: Shop) -> None:
    known(shop)
    answer = await shop.client.get(f"{HERE}/zurueck?state=abc&error=access_denied")
    assert (answer.status_code, answer.headers["location"], shop.owners.calls) == (303, HERE, [])


async def test_an_open_test_payment_has_its_link_and_its_result_is_asked_for_on_the_way_back(shop: Shop) -> None:
    known(shop, ACCOUNT, trial=TRIAL)
    page = await shop.page(HERE)
    assert 'href="https://checkout.stripe.com/c/1"' in step(page, 3)
    path = f"/v1/connections/trial-payments/{TRIAL['id']}/reconcile"
    shop.owners.answers["POST", path] = TRIAL | {"state": "succeeded"}
    answer = await shop.client.get(f"{HERE}/testzahlung")
    assert (answer.headers["location"], shop.owners.calls[-1][1]) == (HERE, path)
    known(shop, ACCOUNT, trial=TRIAL | {"state": "failed", "failure": "card_declined"})
    assert "die Karte wurde abgelehnt" in step(await shop.page(HERE), 3)


async def test_the_page_before_the_end_says_what_is_under_way(shop: Shop) -> None:
    counts = {"open_checkouts": 2, "pending_payments": 1, "saved_methods": 3}
    known(shop, ACCOUNT | {"state": "live", "mode": "live"} | counts, trial_passed=True)
    page = await shop.page(f"{HERE}/aufheben")
    assert "2 offene Bezahlseiten werden geschlossen." in page
    assert "Eine Zahlung, die unterwegs ist, wird noch gebucht" in page
    assert "3 gespeicherte Zahlungsmittel von Kunden werden ungültig" in page
    assert "Erstattung" not in re.sub(r"<[^>]*>", "", page.split("Was dann geschieht")[1].split("</ul>")[0])
    shop.owners.answers["POST", "/v1/connections/stripe/end"] = {}
    assert (await shop.post(f"{HERE}/aufheben", {"own_password": ""})).headers["location"] == HERE
    assert shop.owners.calls == [("POST", "/v1/connections/stripe/end", b"")]


async def test_the_keys_of_a_former_account_can_be_deleted(shop: Shop) -> None:
    former = ACCOUNT | {"state": "ended", "mode": "live", "ended_at": "2026-11-20T10:00:00Z"}
    known(shop, former)
    path = f"{HERE}/schluessel-loeschen/{former['id']}"
    assert path in await shop.page(HERE)
    assert "nichts mehr erstatten" in await shop.page(path)
    shop.owners.answers["DELETE", f"/v1/connections/{former['id']}/keys"] = {}
    assert (await shop.post(path, {"own_password": ""})).headers["location"] == HERE
    known(shop, former | {"has_keys": False})
    assert path not in await shop.page(HERE)
    await shop.page(path, status=404)


async def test_an_account_that_its_provider_refuses_is_a_task_on_the_board(shop: Shop) -> None:
    state: dict[str, Any] = {
        "id": ACCOUNT["id"], "merchant_id": str(shop.merchant_id), "epoch": 1, "version": 1, "provider": "stripe",
        "display_name": "Muster GmbH", "mode": "live", "state": "live", "problem": "key_revoked",
    }  # fmt: skip
    connection = payments_pb2.Connection(**state)
    await shop.told(payments_pb2.ConnectionNeedsAttention(connection=connection))
    page = await shop.page("/")
    assert "Der Schlüssel wurde widerrufen oder ist abgelaufen." in page
    assert f'href="{HERE}"' in page
    mended = payments_pb2.Connection(**state | {"problem": "", "version": 2})
    await shop.told(payments_pb2.ConnectionChanged(connection=mended))
    assert HERE not in await shop.page("/")


async def test_a_provider_that_cannot_be_connected_here_has_no_page(shop: Shop) -> None:
    known(shop)
    for name in ("paypal", "sandbox"):
        page = await shop.page(f"/einstellungen/zahlungen/{name}", status=404)
        assert 'name="own_password"' not in page, name


async def test_the_settings_show_each_account_and_say_what_replaces_retired_methods(shop: Shop) -> None:
    card = {"code": "card", "enabled": True, "offered": False}
    paypal = NO_ACCOUNT | {"provider": "paypal", "connectable": True, "methods": [card]}
    shop.owners.answers["GET", "/v1/settings"] = {
        "payments_enabled": True, "iban_valid": True, "offset_credit_notes": True, "partial_payments": False,
        "partial_minimum_minor": 0, "providers": [paypal, ON_THE_SETTINGS_PAGE],
    }  # fmt: skip
    page = await shop.page("/einstellungen/zahlungen")
    assert "acct_1" in page
    assert f'href="{HERE}/aufheben"' in page
    assert 'href="/einstellungen/zahlungen/paypal"' in page
    assert "giropay gibt es nicht mehr" in page
    # What was chosen for a provider that is not connected yet is sent along unseen.
    assert '<input type="hidden" name="method" value="paypal:card">' in page
