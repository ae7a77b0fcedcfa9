"""What becomes of a message that another system hands in."""

from contextlib import asynccontextmanager
from types import SimpleNamespace
from uuid import UUID

import pytest
from pydantic import BaseModel, Field

from kontor_bus.ingest import IngestMessage, Refused
from kontor_service.errors import Conflict, Unavailable
from kontor_service.ingest import MerchantUnknown, handler_of, json_of

MERCHANT = UUID("01890000-0000-7000-8000-000000000002")


class Body(BaseModel):
    number: str
    amount: int = Field(gt=0)


class Merchants:
    """Knows one merchant, `muster`."""

    @asynccontextmanager
    async def connection(self):
        yield self

    async def fetchval(self, _, slug):
        return MERCHANT if slug == "muster" else None


def message(body=b'{"number": "1", "amount": 2}', merchant="muster"):
    return IngestMessage(
        merchant=merchant, user=f"{merchant}.erp", kind="customers", body=body, content_type="application/json",
        message_id="", headers={},
    )  # fmt: skip


def handler(use_case, **options):
    return handler_of(SimpleNamespace(state=SimpleNamespace(db=Merchants())), use_case, **options)


async def validate(_, merchant_id, message):
    Body.model_validate_json(message.body)


async def test_the_use_case_gets_the_merchant_that_the_broker_vouches_for():
    got = []

    async def use_case(_, merchant_id, message):
        got.append((merchant_id, message.sender))

    await handler(use_case)(message())
    assert got == [(MERCHANT, "system:muster.erp")]


@pytest.mark.parametrize(
    ("body", "named"), [(b'{"amount": 1}', ["number"]), (b'{"amount": 0}', ["number", "amount"]), (b"{", ["JSON"])]
)
async def test_what_does_not_validate_comes_back_with_every_field_named(body, named):
    with pytest.raises(Refused) as refused:
        await handler(validate)(message(body))
    assert all(name in str(refused.value) for name in named)


async def test_a_problem_of_the_sender_comes_back_with_its_code_and_field():
    async def use_case(*_):
        raise Conflict("Somebody else has 1", code="number_used", field="number")

    with pytest.raises(Refused, match=r"^number_used: number: Somebody else has 1$"):
        await handler(use_case)(message())


async def test_what_may_pass_is_tried_again():
    async def use_case(*_):
        raise Unavailable

    with pytest.raises(Unavailable):
        await handler(use_case)(message())


async def test_a_merchant_that_is_not_known_yet_is_tried_again_and_refused_by_the_owner_of_merchants():
    with pytest.raises(MerchantUnknown):
        await handler(validate)(message(merchant="nobody"))
    with pytest.raises(Refused, match="nobody"):
        await handler(validate, owns_merchants=True)(message(merchant="nobody"))


def test_broken_json_comes_back():
    with pytest.raises(Refused, match="json_broken"):
        json_of(message(b"{"))
