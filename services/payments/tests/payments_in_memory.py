"""A receivable with its payments in memory: the real use cases over it, with the storage left out."""

import contextlib
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from kontor_payments.connections.offer import Offer
from kontor_payments.models import Checkout, Receivable, Refund
from kontor_payments.receivables.account import Account
from kontor_service.clock import Clock

DUE = 11900


class Rows(list[Any]):
    def one_or_none(self) -> Any:
        return next(iter(self), None)


class Memory:
    """The session's part that these use cases need: rows are kept as they are made."""

    def __init__(self) -> None:
        self.rows: list[Any] = []

    @property
    def refunds(self) -> list[Refund]:
        return [row for row in self.rows if isinstance(row, Refund)]

    def add(self, row: Any) -> None:
        self.rows.append(row)

    async def exec(self, query: Any) -> Rows:
        """All rows of the table that is asked, whatever the conditions: a test has one payment and one dispute."""
        kind = query.column_descriptions[0]["entity"]
        return Rows(row for row in self.rows if isinstance(row, kind))

    async def flush(self) -> None:
        return


def run(work: Coroutine[Any, Any, None]) -> None:
    """To its end at once: nothing here waits for anything."""
    with contextlib.suppress(StopIteration):
        work.send(None)
        raise AssertionError("it waits")


def new_account(memory: Memory, provider: str) -> tuple[Account, Checkout]:
    row = Receivable(merchant_id=uuid4(), document_id=uuid4(), currency="EUR", asked_minor=DUE)
    checkout = Checkout(
        merchant_id=row.merchant_id, connection_id=uuid4(), provider=provider, method="card", amount_minor=DUE,
        currency="EUR", offered_on=datetime.now(UTC).date(), created_at=datetime.now(UTC),
    )  # fmt: skip
    return Account(memory, row, Clock(), Offer()), checkout  # type: ignore[arg-type]
