"""Seeding the demo merchant once, through the services' own doors."""

import base64
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

from kontor.identity.v1.identity_pb2 import CustomerSnapshot
from kontor_events.registry import contexts, rules_of
from kontor_identity.app import create_dependencies
from kontor_identity.merchants.inputs import OwnerInput, Registration
from kontor_identity.merchants.service import register_merchant
from kontor_identity.settings import Settings as IdentitySettings
from kontor_service.database import Database
from kontor_service.files import Files
from kontor_standalone.demo.calls import Calls
from kontor_standalone.demo.measuring import measure
from kontor_standalone.demo.shop import SHOP, document_of
from kontor_standalone.home import Home, write_private

_LOGO = resources.files("kontor_standalone.demo") / "logo.png"


@dataclass(frozen=True)
class Demo:
    """How to get into the demo; the same after each start."""

    slug: str
    api_key: str
    merchant_email: str
    merchant_password: str
    customer_email: str
    customer_password: str
    customer_link: str


async def demo(home: Home, identity: IdentitySettings) -> Demo:
    """The demo merchant, seeded at the first start."""
    if home.demo_file.exists():
        return _moved(home, Demo(**json.loads(home.demo_file.read_text())))
    calls = Calls(home)
    try:
        made = await _seed(home, calls, identity)
    finally:
        await calls.close()
    write_private(home.demo_file, asdict(made))
    home.starting_file.unlink()
    return made


def _moved(home: Home, known: Demo) -> Demo:
    """The link at the address the portal has today: its port may have moved."""
    path = urlsplit(known.customer_link).path
    return Demo(**{**asdict(known), "customer_link": home.public_url("gateway") + path})


async def _seed(home: Home, calls: Calls, identity: IdentitySettings) -> Demo:
    merchant_password, customer_password = _password(), _password()
    await _register(identity, merchant_password)
    owner, customer = SHOP["owner"], SHOP["customer_email"]
    await calls.log_in(owner["email"], merchant_password)
    await calls("identity", "merchant:edit", "PATCH", "/v1/merchant", json=SHOP["settings"])
    await calls(
        "identity",
        "merchant:edit",
        "PUT",
        "/v1/merchant/logo",
        content=_LOGO.read_bytes(),
        headers={"Content-Type": "image/png"},
    )
    await _enable_payments(calls)
    customers = await _customers(calls)
    await _accept_invitation(home, calls, customers["20931"], customer_password)
    documents = await _documents(calls)
    await _book(calls, documents)
    key = await calls("identity", "api_keys:edit", "POST", "/v1/api-keys", json=_KEY)
    await _measure(home, calls, customer_password, key["key"])
    invoice = documents[SHOP["open_invoice"]]
    path = f"/v1/customers/{customers['20931']['id']}/documents/{invoice['id']}/link"
    link = await calls("identity", "customers:edit", "GET", path)
    return Demo(SHOP["slug"], key["key"], owner["email"], merchant_password, customer, customer_password, link["url"])


async def _measure(home: Home, calls: Calls, customer_password: str, api_key: str) -> None:
    customer = Calls(home, "gateway")
    try:
        await customer.log_in(SHOP["customer_email"], customer_password, SHOP["slug"])
        await measure(home, calls, customer, api_key)
    finally:
        await customer.close()


_SCOPES = sorted(scope for context in contexts() for scope in rules_of(context).key_scopes)
_KEY = {"name": "ERP", "scopes": _SCOPES}


def _password() -> str:
    """Four groups that can be typed from a screen."""
    return "-".join(secrets.token_hex(2) for _ in range(4))


async def _register(settings: IdentitySettings, password: str) -> None:
    owner = OwnerInput(**SHOP["owner"], password=password)
    wanted = Registration(name=SHOP["name"], slug=SHOP["slug"], owner=owner)
    db = Database(settings.database_url.get_secret_value(), pool_size=2)
    await db.open()
    try:
        deps = await create_dependencies(settings, db, Files(settings.files_url))
        await register_merchant(deps, wanted)
        await deps.push.close()
    finally:
        await db.close()


async def _enable_payments(calls: Calls) -> None:
    wanted = {"providers": [{"provider": name, "enabled": True} for name in ("sandbox", "transfer")]}
    await calls("payments", "payments:settings", "PUT", "/v1/settings", json=wanted)


async def _customers(calls: Calls) -> dict[str, Any]:
    made = {}
    for customer in SHOP["customers"]:
        path = f"/v1/customers/by-number/{customer['number']}"
        made[customer["number"]] = await calls("identity", "customers:edit", "PUT", path, json=customer)
    return made


async def _accept_invitation(home: Home, calls: Calls, customer: dict[str, Any], password: str) -> None:
    """Anna Seidel is invited, follows the link of her mail and chooses a password."""
    state = CustomerSnapshot.FromString(base64.b64decode(customer["snapshot"]["data"])).customer
    contact = next(entry for entry in state.contacts if entry.email == SHOP["customer_email"])
    await calls("identity", "customers:edit", "POST", f"/v1/customers/{state.id}/contacts/{contact.id}/invite")
    link = await calls.mailed_link(SHOP["customer_email"], "/einladung/")
    body = {"token": link.rpartition("/")[2], "password": password, "ip": "127.0.0.1"}
    await calls.public("POST", f"{home.url('identity')}/v1/invitations/accept", service="gateway", json=body)


async def _documents(calls: Calls) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for entry in SHOP["documents"]:
        data = document_of(entry, date.today())
        answer = await calls(
            "documents", "documents:submit", "POST", "/v1/submissions", json=data, headers={"X-Kontor-Source": "bus"}
        )
        path = f"/v1/submissions/{answer['id']}"
        ended = await calls.until("documents", "documents:read", path, "status", values={"processed", "rejected"})
        if ended["status"] == "rejected":
            raise ValueError(f"{entry['number']}: {ended['error']}")
        made[entry["number"]] = ended["document"]
    return made


async def _book(calls: Calls, documents: dict[str, Any]) -> None:
    """What the ERP knows to be paid."""
    for entry in SHOP["documents"]:
        if "paid" not in entry:
            continue
        number, paid = entry["number"], entry["paid"]
        due = Decimal(documents[number]["amount_due"]["minor_units"]) / 100
        paid_on = date.today() - timedelta(days=paid["days_ago"])
        body = {
            "document_number": number, "amount": str((due * Decimal(paid["share"])).quantize(Decimal("0.01"))),
            "currency": "EUR", "paid_on": paid_on.isoformat(), "external_id": f"demo-payment-{number}", "method": "transfer",
        }  # fmt: skip
        await calls("payments", "payments:book", "POST", "/v1/incoming-payments", json=body)
