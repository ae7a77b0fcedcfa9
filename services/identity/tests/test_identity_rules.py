"""Rules without a database."""

import asyncio
from datetime import UTC, datetime
from threading import Event
from time import thread_time
from typing import Any

import pytest
from argon2 import PasswordHasher
from argon2.low_level import Type
from pydantic import ValidationError
from zxcvbn import zxcvbn

from kontor_events.registry import contexts, rules_of
from kontor_identity.access.rights import API_KEY_SCOPES, OWNERS, PORTAL_RIGHTS, ROLE_RIGHTS, may_call
from kontor_identity.limits import network
from kontor_identity.links.rules import expiry, why_closed
from kontor_identity.merchants.inputs import MerchantChange
from kontor_identity.models import Customer, Merchant
from kontor_identity.passwords import hashing
from kontor_identity.passwords.hashing import Passwords
from kontor_identity.settings import Settings

SECRET = "x" * 40
PRODUCTION: dict[str, Any] = {
    "environment": "production", "database_url": "postgresql://", "bus_url": "amqp://", "service_secret": SECRET,
    "service_secrets": {"gateway": SECRET}, "signing_keys": {"a": SECRET}, "signing_key_id": "a",
    "secret_keys": {"a": SECRET}, "secret_key_id": "a",
}  # fmt: skip


def test_document_types_that_are_not_named_stay_as_they_are() -> None:
    change = MerchantChange.model_validate({"document_types": [{"type": "quote", "visible": True}]})

    assert change.model_dump(exclude_unset=True, exclude_none=True) == {
        "document_types": [{"type": "quote", "visible": True}]
    }


def test_no_role_has_more_than_the_owner() -> None:
    assert all(rights <= ROLE_RIGHTS["owner"] for rights in ROLE_RIGHTS.values())
    assert {"staff:edit", "api_keys:edit", "merchant:edit"}.isdisjoint(
        set().union(*(rights for role, rights in ROLE_RIGHTS.items() if role != "owner"))
    )


def test_what_customers_and_systems_may_do_is_nothing_that_rules_the_merchant() -> None:
    rules = {"merchant:edit", "staff:edit", "api_keys:edit", "payments:settings", "service"}
    assert rules.isdisjoint(PORTAL_RIGHTS | API_KEY_SCOPES)


@pytest.mark.parametrize("context", sorted(contexts()))
def test_a_contract_names_roles_that_there_are(context: str) -> None:
    named = {role for granted in rules_of(context).staff_rights for role in granted.roles}
    assert named <= set(ROLE_RIGHTS)


@pytest.mark.parametrize("context", sorted(contexts()))
def test_whoever_may_read_only_is_given_nothing_but_reading(context: str) -> None:
    given = {granted.right for granted in rules_of(context).staff_rights if "read_only" in granted.roles}
    assert all(right.endswith(":read") for right in given)


def test_edges_may_call_every_owner_and_owners_whom_their_contract_names() -> None:
    assert may_call("gateway") == may_call("admin") == OWNERS
    assert may_call("notifications") == {"identity", "documents"}
    assert may_call("payments") == may_call("nobody") == frozenset()


def test_passwords_are_hashed_with_argon2id_and_plenty_of_memory() -> None:
    hasher = PasswordHasher()

    assert hasher.type == Type.ID
    assert hasher.memory_cost >= 64 * 1024
    assert hasher.time_cost >= 3


def test_a_link_outlives_the_tax_year_after_next() -> None:
    assert expiry(datetime(2026, 1, 2, tzinfo=UTC)) == datetime(2029, 1, 1, tzinfo=UTC)
    assert expiry(datetime(2026, 12, 31, tzinfo=UTC)) == datetime(2029, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("enabled", "access", "default", "reason"),
    [
        (True, "default", True, None), (True, "on", False, None), (True, "default", False, "customer_off"),
        (True, "off", True, "customer_off"), (False, "on", True, "portal_off"),
    ],
)  # fmt: skip
def test_the_reason_names_the_widest_switch_first(
    enabled: bool, access: str, default: bool, reason: str | None
) -> None:
    merchant = Merchant(portal_enabled=enabled, portal_access_default=default)
    assert why_closed(merchant, Customer(portal_access=access)) == reason


def test_a_subscriber_is_limited_not_each_of_its_addresses() -> None:
    assert network("2001:db8:1:2:3:4:5:6") == network("2001:db8:1:2::1") == "2001:db8:1:2::"
    assert network("::ffff:192.0.2.7") == network("192.0.2.7") == "192.0.2.7"
    assert network("unbekannt") == ""


def test_production_starts_with_its_keys() -> None:
    assert Settings(**PRODUCTION).environment == "production"


@pytest.mark.parametrize(
    "change",
    [
        {"signing_keys": {}}, {"secret_keys": {}}, {"signing_key_id": "b"}, {"service_secrets": {}},
        {"service_secrets": {"gateway": "short"}}, {"service_secret": "short"},
        {"secret_keys": {"a.b": SECRET}, "secret_key_id": "a.b"}, {"secret_keys": {"a": "short"}},
    ],
)  # fmt: skip
def test_production_refuses_to_start_with_unsafe_keys(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(**PRODUCTION | change)


# Each sign stands for several letters: the dearest password there is to look at.
TEASING = "4@8({[<369&#!1/|0$5+7%2" * 3 + "4@8"


async def test_a_new_password_is_looked_at_while_all_else_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    others_went_on = Event()

    def slow(password: str, user_inputs: list[str]) -> dict[str, Any]:
        assert others_went_on.wait(20), "nothing else ran meanwhile"
        return zxcvbn(password, user_inputs)

    monkeypatch.setattr(hashing, "zxcvbn", slow)
    look = asyncio.create_task(Passwords().check_strength(TEASING))
    asyncio.get_running_loop().call_later(0.01, others_went_on.set)
    await look


async def test_no_password_costs_much_to_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def cost_of(password: str) -> float:
        before = thread_time()
        zxcvbn(password)
        return thread_time() - before

    costs: list[float] = []

    def measured(password: str, user_inputs: list[str]) -> dict[str, Any]:
        costs.append(cost_of(password))
        return zxcvbn(password, user_inputs)

    monkeypatch.setattr(hashing, "zxcvbn", measured)
    await Passwords().check_strength(TEASING)
    assert costs[0] < cost_of(TEASING) / 2
