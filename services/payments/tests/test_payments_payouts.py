"""Payouts of providers (D19): split into gross, fees and net, and linked to payments in any order."""

from datetime import date
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select
from stripe_merchant import StripeMerchant

from kontor.payments.v1 import payments_pb2 as pb
from kontor_payments.models import Connection
from kontor_payments.payouts.linking import link_due_payouts
from kontor_payments.payouts.rules import later_state, totals
from kontor_payments.payouts.service import apply_payout_report
from kontor_payments.providers.protocol import PayoutItem, PayoutReport
from kontor_testing.waiting import eventually

_MINOR = st.integers(-(10**9), 10**9)
_ITEMS = st.lists(
    st.builds(
        lambda kind, gross, fee: PayoutItem(kind, "x", gross, fee, gross - fee),
        st.sampled_from(["payment", "refund", "dispute", "fee", "other"]),
        _MINOR,
        _MINOR,
    )
)


@given(items=_ITEMS)
def test_gross_returned_fees_and_corrections_add_up_to_the_net_amounts(items: list[PayoutItem]) -> None:
    assert totals(items).net_minor == sum(item.net_minor for item in items)


@given(states=st.permutations(["pending", "in_transit", "paid", "failed"]))
def test_a_payout_ends_in_its_last_state_in_whatever_order_its_states_are_told(states: list[str]) -> None:
    state = "pending"
    for told in states:
        state = later_state(state, told)
    assert state == "failed"


@pytest_asyncio.fixture(loop_scope="session")
async def shop(world: Any) -> StripeMerchant:
    made = StripeMerchant(world)
    await made.connect()
    return made


async def payout_is(world: Any, **columns: Any) -> Any:
    async def is_so() -> Any:
        rows = await world.sql("SELECT * FROM payout")
        return next((r for r in rows if all(r[name] == value for name, value in columns.items())), None)

    return await eventually(is_so)


async def charge_of(shop: StripeMerchant, document: Any) -> str:
    await shop.paid(document)

    async def is_booked() -> bool:
        return bool((await shop.charges())[0]["balance_transaction"])

    await eventually(is_booked)
    return str((await shop.charges())[0]["id"])


async def test_a_payout_is_split_and_linked_to_payments_refunds_and_disputes(world: Any, shop: StripeMerchant) -> None:
    documents = [await world.invoice() for _ in range(3)]
    charges = [await charge_of(shop, document) for document in documents]
    await shop.does("refund", charge=charges[0], amount=1900)
    await shop.does("dispute", charge=charges[1])
    await world.becomes(documents[1], "open")
    made = await shop.does("payout")
    row = await payout_is(world, provider_reference=made["id"], unlinked="[]")
    assert (row["amount_minor"], row["state"]) == (made["amount"], "in_transit")
    assert (row["gross_minor"], row["returned_minor"]) == (3 * 11900, -1900 - 11900)
    assert row["gross_minor"] + row["returned_minor"] + row["other_minor"] - row["fee_minor"] == made["amount"]
    told = (await world.told(pb.PayoutRecorded, pb.PayoutChanged))[-1].payout
    linked = {(item.kind, share.document_id, share.amount_minor) for item in told.items for share in item.shares}
    assert linked == {
        *(("payment", str(document), 11900) for document in documents),
        ("refund", str(documents[0]), -1900),
        ("dispute", str(documents[1]), -11900),
    }
    assert {r["payout_id"] for r in await world.sql("SELECT payout_id FROM payment")} == {made["id"]}


async def test_the_same_report_twice_changes_nothing_and_its_end_is_told(world: Any, shop: StripeMerchant) -> None:
    await charge_of(shop, await world.invoice())
    made = await shop.does("payout")
    row = await payout_is(world, provider_reference=made["id"], unlinked="[]")
    report = await shop.adapter.payout(made["id"])
    deps = shop.deps
    async with deps.db.transaction(world.merchant) as session:
        assert (await apply_payout_report(session, shop.connection, report, deps.clock)).version == row["version"]
    await shop.does("payout-result", payout=made["id"], state="paid")
    assert (await payout_is(world, provider_reference=made["id"], state="paid"))["version"] == row["version"] + 1
    assert len(await world.sql("SELECT FROM payout")) == 1


async def test_a_payout_that_is_told_before_its_payment_is_linked_once_the_payment_comes(
    world: Any, shop: StripeMerchant
) -> None:
    document = await world.invoice()
    checkout = await world.checkout(document)
    await shop.behaves(webhooks="never")
    await shop.pays(checkout)
    charge = (await shop.charges())[0]["id"]
    report = PayoutReport(
        "po_early", 11697, "EUR", "paid", date(2026, 12, 1), [PayoutItem("payment", charge, 11900, 203, 11697)]
    )
    async with shop.deps.db.transaction(world.merchant) as session:
        await apply_payout_report(session, shop.connection, report, shop.deps.clock)
    assert (await payout_is(world, provider_reference="po_early"))["unlinked"] != "[]"
    await world.comes_back(checkout)
    row = await payout_is(world, provider_reference="po_early", unlinked="[]")
    assert str(document) in row["items"]
    assert (await shop.payment(payout_id="po_early"))["fee_minor"] is not None


async def test_what_the_provider_exchanged_is_shared_out_in_the_payouts_currency(world: Any) -> None:
    documents = [await world.invoice(), await world.invoice(amount_due_minor=5000)]
    await world.behave_next(charge_currency="CHF")
    await world.choose((await world.pay(*documents)).json(), "success")
    payment = (await eventually(lambda: world.sql("SELECT * FROM payment")))[0]
    deps, reference = world.app.state.dependencies, payment["provider_reference"]
    report = PayoutReport(
        "po_chf", 17701, "EUR", "paid", date(2026, 12, 1), [PayoutItem("payment", reference, 18001, 300, 17701)]
    )
    async with deps.db.transaction(world.merchant) as session:
        query = select(Connection).where(Connection.id == payment["connection_id"])
        await apply_payout_report(session, (await session.exec(query)).one(), report, deps.clock)
    await link_due_payouts(deps)
    await payout_is(world, provider_reference="po_chf", unlinked="[]")
    told = (await world.told(pb.PayoutChanged))[-1].payout
    assert [share.amount_minor for item in told.items for share in item.shares] == [12675, 5326]


@pytest.mark.parametrize("known", ["paid", "failed"])
def test_a_late_report_takes_no_state_back(known: str) -> None:
    assert later_state(known, "in_transit") == known
