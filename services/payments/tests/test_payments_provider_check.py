"""`make provider-check`, whose scenarios are run before the double here: nobody could tell otherwise that they still hold."""

import runpy
from pathlib import Path
from typing import Any

import pytest
from paypal_merchant import PayPalMerchant
from stripe_merchant import StripeMerchant

from tools.provider_check_paypal import check_paypal

CHECK = runpy.run_path(str(Path(__file__).parents[3] / "tools/provider_check.py"))


async def test_all_scenarios_hold_before_the_double(world: Any, capsys: pytest.CaptureFixture[str]) -> None:
    key = await StripeMerchant(world).key()
    assert await CHECK["check_stripe"](key, str(world.stripe.base_url)) == []
    assert capsys.readouterr().out.count("ok      stripe: ") == 9


async def test_a_key_of_nobody_fails_what_needs_an_account(world: Any) -> None:
    failed = await CHECK["check_stripe"](f"rk_test_{'1' * 24}", str(world.stripe.base_url))
    assert len(failed) == 8
    assert "a_wrong_key_is_refused" not in failed


async def test_all_of_paypals_scenarios_hold_before_the_double(world: Any, capsys: pytest.CaptureFixture[str]) -> None:
    app, url = await PayPalMerchant(world).app(), str(world.paypal.base_url).rstrip("/")
    assert await check_paypal(app["client_id"], app["client_secret"], url, f"{url}/live") == []
    assert capsys.readouterr().out.count("ok      paypal: ") == 8


async def test_a_live_app_of_paypals_fails_everywhere(world: Any) -> None:
    app, url = await PayPalMerchant(world).app(mode="live"), str(world.paypal.base_url).rstrip("/")
    failed = await check_paypal(app["client_id"], app["client_secret"], url, f"{url}/live")
    assert {"the_app_tells_its_account_and_mode", "a_currency_without_decimals_is_taken"} <= set(failed)


def test_a_live_key_is_not_taken(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("STRIPE_KEY", "rk_live_123456789012")
    assert CHECK["main"]() == 2
    assert "test mode" in capsys.readouterr().out
