"""Acquirers that give a link and call back, with the example of docs/payment-providers.md."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlmodel import update
from test_payments_refunds import give_back

from kontor_payments.connections.accounts import connect_with_key
from kontor_payments.errors import KeyRefused
from kontor_payments.models import Connection
from kontor_payments.providers.paylink.terms import terms_of
from kontor_payments.providers.protocol import OutcomeUnknown, Refused

TERMS = {
    "url": "https://pay.acquirer.example/link?shop=4711&order={reference}&amount={amount_minor}&currency={currency}"
    "&text={description}&lang={language}&ok={return_url}&back={cancel_url}&notify={callback_url}&until={expires}&mac={signature}",
    "secret": "0123456789abcdef0123456789abcdef",
    "signed": "reference amount_minor currency",
    "callback_fields": "reference=order payment=txid amount_minor=amount currency=currency state=result signature=mac",
    "callback_signed": "order txid amount currency result",
    "states": "PAID=succeeded DENIED=failed WAITING=pending CHARGEBACK=reversed",
    "scheme": "sha256 hex |",
}  # fmt: skip


async def connect(world: Any) -> Connection:
    deps = world.app.state.dependencies
    made = await connect_with_key(deps, world.merchant, "paylink", TERMS)
    async with deps.db.transaction(world.merchant) as session:
        await session.exec(update(Connection).where(Connection.id == made.id).values(state="live"))
    switches = [{"provider": "paylink", "enabled": True}, {"provider": "sandbox", "enabled": False}]
    answer = await world.http.put("/v1/settings", json={"providers": switches}, headers=world.staff())
    assert answer.status_code == 200, answer.text
    return made


def query_of(checkout: dict[str, Any]) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(checkout["redirect_url"]).query))


async def calls_back(
    world: Any, connection: Connection, link: dict[str, str], *, as_json: bool = False, **changes: str
) -> int:
    """The acquirer's callback about the payment of a link; `mac` among the changes is a wrong one."""
    told = {
        "order": link["order"],
        "txid": "T1",
        "amount": link["amount"],
        "currency": link["currency"],
        "result": "PAID",
    }
    told |= changes
    told.setdefault("mac", terms_of(TERMS).sign([told[name] for name in TERMS["callback_signed"].split()]))
    body: Any = {"json": told} if as_json else {"data": told}
    answer = await world.http.post(urlsplit(connection.webhook_url).path, **body)
    return int(answer.status_code)


async def test_the_link_carries_what_is_to_be_paid_and_its_signature(world: Any) -> None:
    connection = await connect(world)
    checkout = await world.checkout(await world.invoice())
    link = query_of(checkout)
    assert checkout["redirect_url"].startswith("https://pay.acquirer.example/link?shop=4711&")
    assert (link["order"], link["amount"], link["currency"]) == (checkout["checkout_id"], "11900", "EUR")
    assert link["notify"] == connection.webhook_url
    assert link["mac"] == terms_of(TERMS).sign([link["order"], "11900", "EUR"])


@pytest.mark.parametrize("as_json", [False, True])
async def test_a_callback_books_the_payment_however_often_it_comes(world: Any, as_json: bool) -> None:
    connection = await connect(world)
    document = await world.invoice()
    link = query_of(await world.checkout(document))
    assert [await calls_back(world, connection, link, as_json=as_json) for _ in range(3)] == [204, 204, 204]
    row = await world.receivable(document)
    assert (row["state"], row["paid_minor"], row["overpaid_minor"]) == ("paid", 11900, 0)
    assert len(await world.sql("SELECT 1 FROM provider_event")) == 1


async def test_a_callback_that_is_signed_wrongly_is_refused(world: Any) -> None:
    connection = await connect(world)
    document = await world.invoice()
    link = query_of(await world.checkout(document))
    assert await calls_back(world, connection, link, mac="0" * 64) == 401
    assert await calls_back(world, connection, link, amount="1", mac=link["mac"]) == 401
    assert (await world.receivable(document))["paid_minor"] == 0


async def test_a_denied_payment_says_so_and_the_link_still_serves(world: Any) -> None:
    connection = await connect(world)
    document = await world.invoice()
    checkout = await world.checkout(document)
    await calls_back(world, connection, query_of(checkout), result="DENIED")
    assert (await world.receivable(document))["last_failure"] == "card_declined"
    assert (await world.checkout(document))["redirect_url"] == checkout["redirect_url"]
    await calls_back(world, connection, query_of(checkout), txid="T2")
    assert await world.state(document) == "paid"


async def test_money_on_its_way_arrives_and_may_be_charged_back(world: Any) -> None:
    connection = await connect(world)
    document = await world.invoice()
    link = query_of(await world.checkout(document))
    await calls_back(world, connection, link, result="WAITING")
    assert await world.state(document) == "on_its_way"
    await calls_back(world, connection, link)
    assert await world.state(document) == "paid"
    await calls_back(world, connection, link, result="CHARGEBACK")
    row = await world.receivable(document)
    assert (row["state"], row["open_minor"], row["last_failure"]) == ("open", 11900, "charged_back")


async def test_the_acquirer_is_not_asked_and_refunds_are_made_at_its_pages(world: Any) -> None:
    connection = await connect(world)
    checkout = await world.checkout(await world.invoice())
    assert (await world.comes_back(checkout)).json()["state"] == "open"
    adapter = world.app.state.dependencies.providers.at(connection)
    with pytest.raises(Refused, match="refund_at_acquirer"):
        await adapter.refund("1:1", "T1", 100, "r")
    with pytest.raises(OutcomeUnknown):
        await adapter.fetch("1:99999999999")
    assert (await adapter.fetch("1:1")).state == "expired"


async def test_a_refund_is_recorded_once_staff_say_that_they_made_it_at_the_acquirer(world: Any) -> None:
    connection = await connect(world)
    document = await world.invoice()
    await calls_back(world, connection, query_of(await world.checkout(document)))
    [payment] = await world.sql("SELECT id FROM payment")
    answer = await give_back(world, payment["id"], reason="returned")
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "refund_by_hand", "by_hand")
    assert await world.sql("SELECT 1 FROM refund") == []
    answer = await give_back(world, payment["id"], reason="returned", by_hand=True, reference="R-77")
    assert (answer.status_code, (await world.receivable(document))["refunded_minor"]) == (202, 11900)
    [refund] = await world.sql("SELECT state, provider_reference, attempts, try_at FROM refund")
    assert tuple(refund) == ("succeeded", "R-77", 0, None)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"url": "http://pay.acquirer.example/{reference}/{signature}"}, "link_invalid"),
        ({"url": "https://pay.acquirer.example/{reference}"}, "link_invalid"),
        ({"url": "https://pay.acquirer.example/{reference}/{signature}/{secret}"}, "link_invalid"),
        ({"url": "https://pay.acquirer.example/{reference}/{signature"}, "link_invalid"),
        ({"url": TERMS["url"] + "&long={amount:>3000000}"}, "link_invalid"),
        ({"url": TERMS["url"] + "&as={x!s}"}, "link_invalid"),
        ({"secret": "short"}, "secret_too_short"),
        ({"signed": "currency"}, "signature_incomplete"),
        ({"callback_fields": "reference=order state=result signature=mac"}, "callback_incomplete"),
        ({"callback_signed": "order txid currency result"}, "signature_incomplete"),
        ({"states": "DENIED=failed"}, "states_invalid"),
        ({"states": "PAID=wonderful"}, "states_invalid"),
        ({"scheme": "md5 hex"}, "scheme_invalid"),
    ],
)
async def test_terms_that_could_not_hold_are_refused(world: Any, changes: dict[str, str], code: str) -> None:
    with pytest.raises(KeyRefused) as refused:
        await connect_with_key(world.app.state.dependencies, world.merchant, "paylink", TERMS | changes)
    assert refused.value.code == code


def test_a_signature_in_base64_and_sha512_without_separator() -> None:
    terms = terms_of(TERMS | {"scheme": "sha512 base64"})
    told = {"order": "1", "txid": "2", "amount": "3", "currency": "EUR", "result": "PAID"}
    signed = told | {"mac": terms.sign(["1", "2", "3", "EUR", "PAID"])}
    assert terms.is_genuine(signed)
    assert not terms.is_genuine(signed | {"amount": "4"})
    assert not terms.is_genuine(told)
