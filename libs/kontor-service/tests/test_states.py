"""Rows as the contract's states: by the names of their fields."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from kontor.payments.v1 import payments_pb2 as pb
from kontor_service.events import state_of

ID = UUID("01890000-0000-7000-8000-000000000001")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Row:
    id: UUID = ID
    merchant_id: UUID = ID
    epoch: int = 1
    version: int = 3
    document_id: UUID = ID
    document_number: str = "RE-1"
    customer_id: UUID | None = None
    currency: str = "EUR"
    due_minor: int = 10**12
    pending_minor: int = 0
    paid_minor: int = 0
    refunded_minor: int = 0
    discount_minor: int = 0
    open_minor: int = 5
    overpaid_minor: int = 0
    state: str = "open"
    due_date: date | None = date(2026, 3, 9)
    cash_discounts: tuple[dict[str, object], ...] = ({"until": "2026-03-05", "percent": "2", "payable_minor": 4},)
    methods: tuple[dict[str, str], ...] = ()
    paid_at: datetime | None = NOW
    last_method: str = ""
    last_failure: str = ""
    payment_reference: str = ""
    expected_on: date | None = None
    checkout_open: bool = True
    confirmation_needed: bool = False
    credits: tuple[dict[str, object], ...] = ()
    repeats_document_ids: tuple[str, ...] = ()
    credit_minor: int = 0
    offset_minor: int = 0
    credit_left_minor: int = 0
    instalments: tuple[dict[str, object], ...] = ()
    partial_minimum_minor: int = 0


def test_columns_become_fields_of_the_same_name():
    state = state_of(pb.Receivable, Row())
    assert (state.id, state.document_id, state.customer_id) == (str(ID), str(ID), "")
    assert (state.due_date, state.expected_on) == ("2026-03-09", "")
    assert state.paid_at.ToDatetime(UTC) == NOW
    assert state.due_minor == 10**12
    assert state.cash_discounts[0].payable_minor == 4
    assert (state.checkout_open, state.deleted) == (True, False)


def test_what_is_given_comes_before_the_column():
    state = state_of(pb.Receivable, Row(), customer_id=ID, due_date=None)
    assert (state.customer_id, state.due_date) == (str(ID), "")


def test_a_field_without_a_column_is_not_forgotten():
    with pytest.raises(AttributeError, match="receivable_id"):
        state_of(pb.Payment, Row())
