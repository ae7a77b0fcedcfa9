"""Snapshots, schema, settings, limits, housekeeping, the command line."""

import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from kontor_events.registry import type_of
from kontor_identity.housekeeping import forget_old
from kontor_identity.limits import Limit, Limits
from kontor_service.errors import TooMany
from kontor_testing.postgres import Databases

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_snapshots_are_the_states_that_events_told_last(stage: Any, shop: Any) -> None:
    login = await shop.portal_login()
    await shop.mail_link(login["customer_id"], uuid4())
    await shop.call("POST", "/v1/api-keys", "api_keys:edit", json={"name": "x", "scopes": ["events:read"]})
    await stage.shop("anders")
    told = {}
    for event in await stage.events():
        state = getattr(event, event.DESCRIPTOR.fields_by_number[1].name)
        told[state.id] = state

    answer = await stage.as_service("POST", "/v1/snapshots")
    assert answer.json()["counts"] == {
        "identity.merchant": 2, "identity.customer": 1, "identity.link": 1, "identity.api_key": 1, "identity.staff_member": 2,
    }  # fmt: skip
    snapshots = [event for event in await stage.events() if type_of(event).endswith(".snapshot.v1")]
    assert len(snapshots) == 7
    for snapshot in snapshots:
        state = getattr(snapshot, snapshot.DESCRIPTOR.fields_by_number[1].name)
        assert state == told[state.id]


async def test_snapshots_of_one_aggregate_can_be_asked_for(stage: Any, shop: Any) -> None:
    await shop.customer()

    answer = await stage.as_service("POST", "/v1/snapshots", json={"aggregate": "customer"})
    assert answer.json() == {"counts": {"identity.customer": 1}}


async def test_sessions_can_be_pushed_again(stage: Any, shop: Any) -> None:
    login = await shop.portal_login()
    answer = await stage.as_service("POST", "/v1/sessions/push")

    assert answer.json() == {"sessions": 2}
    await stage.deps.push.all_pending()
    assert stage.gateway.state(login)["revoked"] is False


async def test_only_a_service_may_ask_for_snapshots(shop: Any) -> None:
    assert (await shop.call("POST", "/v1/snapshots", "merchant:edit")).status_code == 403


async def test_a_bucket_lets_a_burst_through_and_refills(stage: Any) -> None:
    limits, limit = Limits(stage.deps.db), Limit("test", burst=2, seconds=3600)
    await limits.take(limit, "a")
    await limits.take(limit, "a")
    with pytest.raises(TooMany):
        await limits.take(limit, "a")
    await limits.take(limit, "b")

    await stage.database.execute("UPDATE rate_limit SET updated_at = updated_at - interval '1 hour'")
    await limits.take(limit, "a")
    with pytest.raises(TooMany):
        await limits.take(limit, "a")


async def test_what_is_over_is_forgotten(stage: Any, shop: Any) -> None:
    await shop.portal_login()
    await stage.database.execute("UPDATE session SET expires_at = now() - interval '2 days'")
    await stage.database.execute("UPDATE challenge SET expires_at = now() - interval '1 year'")
    await forget_old(stage.deps.db, stage.deps.limits)

    assert await stage.database.fetchval("SELECT count(*) FROM session") == 0
    assert await stage.database.fetchval("SELECT count(*) FROM challenge") == 0


async def test_a_merchant_is_registered_on_the_command_line(databases: Databases, tmp_path: Path) -> None:
    made = await databases.create("identity")
    environment = {
        "KONTOR_ENVIRONMENT": "development", "KONTOR_DATABASE_URL": made.runtime, "KONTOR_BUS_URL": made.runtime,
        "KONTOR_SERVICE_SECRET": "s", "KONTOR_FILES_URL": f"file://{tmp_path}",
    }  # fmt: skip
    command = [
        sys.executable, "-m", "kontor_identity", "register", "--name", "Muster", "--slug", "muster",
        "--owner-name", "Olga", "--owner-email", "olga@muster.test", "--password-stdin",
    ]  # fmt: skip

    def run(*options: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*command, *options], env=environment, input="Sommerregen im Mai\n", capture_output=True, text=True
        )

    first, second = run(), run()
    assert (first.returncode, len(first.stdout.strip())) == (0, 36), first.stderr
    assert second.returncode == 1
    assert "This address is taken." in second.stderr
    wrong = run("--owner-email", "olga@", "--slug", "No Slug")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "--owner-email: This e-mail address is not valid." in wrong.stderr
    assert "--slug: " in wrong.stderr
    assert "pydantic" not in wrong.stderr
