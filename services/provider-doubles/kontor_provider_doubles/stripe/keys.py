"""Accounts and their keys. A secret or restricted key belongs to one account and one mode; a restricted one may do what
it was given. The platform's key acts for accounts that connected by OAuth (`Stripe-Account`)."""

import hashlib
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

import stripe

from kontor_provider_doubles.store import Store
from kontor_provider_doubles.stripe.errors import StripeError
from kontor_provider_doubles.stripe.shapes import build

ALL = "double"
_KEY = "double.key"
_CONNECTED = "double.connected"
PLATFORM = "acct_platform"


@dataclass(frozen=True)
class Caller:
    """Who calls: the account that is acted for, in one mode. Objects of test and live mode never meet."""

    account: str
    livemode: bool
    # "resource_read" or "resource_write"; None: everything.
    permissions: frozenset[str] | None = None

    @property
    def space(self) -> str:
        """Under which objects are stored."""
        return f"{self.account}/{'live' if self.livemode else 'test'}"

    def must(self, permission: str) -> None:
        """Raises StripeError. Who may write a resource may read it."""
        allowed = self.permissions
        if allowed is None or permission in allowed or permission.replace("_read", "_write") in allowed:
            return
        raise StripeError(
            403, "invalid_request_error",
            f"The provided key does not have the required permissions for this endpoint on account '{self.account}'. "
            f"Having the 'rak_{permission}' permission would allow this request to continue.",
            code="more_permissions_required",
        )  # fmt: skip


def caller_of(store: Store, platform_key: str, key: str, acts_for: str) -> Caller:
    """Raises StripeError."""
    if key == platform_key:
        found = store.get(ALL, _CONNECTED, acts_for) if acts_for else {"livemode": False}
        if found is None:
            raise StripeError(
                403, "invalid_request_error",
                f"The provided key does not have access to account '{acts_for}' (or that account does not exist). "
                "Application access may have been revoked.", code="account_invalid",
            )  # fmt: skip
        return Caller(acts_for or PLATFORM, found["livemode"])
    known = store.get(ALL, _KEY, _hashed(key))
    if known is None:
        raise StripeError(401, "invalid_request_error", f"Invalid API Key provided: {_masked(key)}")
    if known["revoked"]:
        raise StripeError(
            401, "invalid_request_error", f"Expired API Key provided: {_masked(key)}", code="api_key_expired"
        )
    permissions = known["permissions"]
    return Caller(known["account"], known["livemode"], None if permissions is None else frozenset(permissions))


def create_key(store: Store, account: str, *, livemode: bool, permissions: list[str] | None) -> str:
    """A key of the account; restricted where permissions are named. The account is made with its first key."""
    mode = "live" if livemode else "test"
    key = f"{'sk' if permissions is None else 'rk'}_{mode}_{token_hex(24)}"
    row = {"id": _hashed(key), "account": account, "livemode": livemode, "permissions": permissions, "revoked": False}
    with store.transaction():
        store.add(ALL, _KEY, row)
        add_account(store, account)
    return key


def revoke_key(store: Store, key: str) -> None:
    known = store.get(ALL, _KEY, _hashed(key))
    assert known is not None, "no such key"
    with store.transaction():
        store.save(known | {"revoked": True})


def connect_account(store: Store, account: str, *, livemode: bool) -> None:
    """The account lets the platform act for it."""
    store.remove(account)
    store.add(ALL, _CONNECTED, {"id": account, "livemode": livemode})
    add_account(store, account)


def disconnect_account(store: Store, account: str) -> bool:
    """Whether it was connected."""
    known = store.get(ALL, _CONNECTED, account) is not None
    store.remove(account)
    return known


def add_account(store: Store, account: str) -> None:
    """The account as `GET /v1/account` shows it, if it is not there yet."""
    if store.get(ALL, "double.account", f"shown_{account}") is None:
        store.add(ALL, "double.account", {"id": f"shown_{account}", "account": shown_account(account)})


def account_of(store: Store, account: str) -> dict[str, Any]:
    found = store.get(ALL, "double.account", f"shown_{account}")
    shown: dict[str, Any] = found["account"] if found else shown_account(account)
    return shown


def shown_account(account: str) -> dict[str, Any]:
    return build(
        stripe.Account,
        id=account,
        business_profile={"name": "Muster GmbH", "product_description": None},
        business_type="company",
        charges_enabled=True,
        country="DE",
        created=1_700_000_000,
        default_currency="eur",
        details_submitted=True,
        email="kasse@muster.example",
        payouts_enabled=True,
        settings={
            "branding": {}, "card_issuing": {}, "card_payments": {}, "dashboard": {"display_name": "Muster GmbH"},
            "payments": {},
        },
        type="standard",
    )  # fmt: skip


def _hashed(key: str) -> str:
    return f"key_{hashlib.sha256(key.encode()).hexdigest()}"


def _masked(key: str) -> str:
    return f"{key[:8]}{'*' * 8}{key[-4:]}"
