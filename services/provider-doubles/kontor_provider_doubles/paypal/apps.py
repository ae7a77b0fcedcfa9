"""REST apps, their tokens, and which merchant a call is for."""

import base64
import binascii
import json
import time
from dataclasses import dataclass
from secrets import choice, token_urlsafe
from typing import Any

from kontor_provider_doubles.paypal.errors import bad_token, not_authorized
from kontor_provider_doubles.store import Store

# Apps and tokens belong to nobody's objects: whoever knows them may use them.
ALL = "all"
# What an account's app may do unless told otherwise.
EVERYTHING = ("orders", "vault", "webhooks", "disputes", "partner")
# The operator of Kontor as a partner of PayPal; the app's secret is the setting platform_key.
PARTNER, PARTNER_CLIENT = "KNTRPARTNER23", "kontor-partner"
_TOKEN_SECONDS = 32_400
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True)
class Caller:
    """`account` is the merchant whose things the call is about, `app` the client id that asks."""

    account: str
    mode: str
    app: str
    may: tuple[str, ...]

    @property
    def space(self) -> str:
        return f"{self.account}/{self.mode}"

    def must(self, permission: str) -> None:
        """Raises PayPalError."""
        if permission not in self.may:
            raise not_authorized()


def new_id(length: int = 17) -> str:
    return "".join(choice(_LETTERS) for _ in range(length))


def create_app_of(store: Store, account: str, mode: str, may: tuple[str, ...]) -> dict[str, str]:
    app = {"id": f"A{token_urlsafe(40)}", "secret": f"E{token_urlsafe(40)}", "account": account, "mode": mode}
    with store.transaction():
        store.add(ALL, "double.app", {**app, "may": may})
    return {"client_id": app["id"], "client_secret": app["secret"], "mode": mode}


def register_partner(store: Store, secret: str) -> None:
    with store.transaction():
        store.remove(PARTNER_CLIENT)
        row = {"id": PARTNER_CLIENT, "secret": secret, "account": PARTNER, "mode": "test", "may": EVERYTHING}
        store.add(ALL, "double.app", row)


def new_token(store: Store, mode: str, client_id: str, secret: str) -> dict[str, Any] | None:
    """None for an app that there is not in this mode."""
    app = store.get(ALL, "double.app", client_id)
    if app is None or app["secret"] != secret or app["mode"] != mode:
        return None
    token = f"A21AA{token_urlsafe(60)}"
    with store.transaction():
        store.add(ALL, "double.token", {"id": token, "app": client_id, "until": time.time() + _TOKEN_SECONDS})
    return {
        "scope": " ".join(f"https://uri.paypal.com/services/{part}" for part in app["may"]),
        "access_token": token, "token_type": "Bearer", "app_id": "APP-80W284485P519543T",
        "expires_in": _TOKEN_SECONDS, "nonce": f"2026-11-28T00:00:00Z{token_urlsafe(20)}",
    }  # fmt: skip


def caller_of(store: Store, mode: str, authorization: str, assertion: str) -> Caller:
    """Raises PayPalError for a token that does not hold, and for a merchant who has not agreed."""
    scheme, _, value = authorization.partition(" ")
    token = store.get(ALL, "double.token", value) if scheme == "Bearer" else None
    app = store.get(ALL, "double.app", token["app"]) if token and token["until"] > time.time() else None
    if app is None or app["mode"] != mode:
        raise bad_token()
    own = Caller(app["account"], mode, app["id"], tuple(app["may"]))
    if not assertion:
        return own
    merchant = _asserted(assertion, app["id"])
    if store.get(f"{merchant}/{mode}", "double.consent", _consent_id(merchant, own.account)) is None:
        raise not_authorized()
    return Caller(merchant, mode, app["id"], own.may)


def agree(store: Store, merchant: str, mode: str, partner: str, tracking_id: str) -> None:
    """The merchant lets the partner act; once more with another tracking id replaces it."""
    store.remove(_consent_id(merchant, partner))
    store.add(
        f"{merchant}/{mode}", "double.consent", {"id": _consent_id(merchant, partner), "tracking_id": tracking_id}
    )


def consent(store: Store, merchant: str, mode: str, partner: str) -> dict[str, Any] | None:
    return store.get(f"{merchant}/{mode}", "double.consent", _consent_id(merchant, partner))


def withdraw(store: Store, merchant: str, partner: str) -> None:
    store.remove(_consent_id(merchant, partner))


def _consent_id(merchant: str, partner: str) -> str:
    return f"consent_{merchant}_{partner}"


def _asserted(assertion: str, client_id: str) -> str:
    """The merchant that an unsigned JWT of this app names."""
    parts = assertion.split(".")
    try:
        head, body = (json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in parts[:2])
    except (ValueError, binascii.Error) as error:
        raise bad_token() from error
    if len(parts) != 3 or head.get("alg") != "none" or body.get("iss") != client_id or not body.get("payer_id"):
        raise bad_token()
    return str(body["payer_id"])
