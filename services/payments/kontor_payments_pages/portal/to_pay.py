"""What a customer is about to pay: the documents chosen, others that can go into the same payment, the sum and the methods."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from fastapi import Request

from kontor.payments.v1.payments_pb2_codes import PaymentMethod
from kontor_edge.portal import page_context, query_view
from kontor_edge.query import loads_all
from kontor_payments_pages.portal.receivable_view import ReceivableView
from kontor_service.errors import NotFound

# On one page; the owner takes no more at once either.
MOST = 50


@dataclass(frozen=True)
class ToPay:
    """`views` are documents of one customer in one currency, those asked for first; `chosen_ids` those to be paid."""

    views: Sequence[ReceivableView]
    chosen_ids: frozenset[str]

    @cached_property
    def chosen(self) -> list[ReceivableView]:
        return [view for view in self.views if view.entry["id"] in self.chosen_ids]

    @property
    def first(self) -> ReceivableView:
        return (self.chosen or self.views)[0]

    @property
    def others(self) -> bool:
        """Whether there is anything to choose."""
        return len([view for view in self.views if view.payable]) > 1

    @property
    def payable(self) -> bool:
        return bool(self.chosen) and all(view.payable for view in self.chosen) and bool(self.methods)

    @property
    def currency(self) -> str:
        return self.first.currency

    @property
    def sum_minor(self) -> int:
        """What is to be paid today, with the cash discounts that still run."""
        return sum(view.payable_minor for view in self.chosen)

    @property
    def saved_minor(self) -> int:
        """What the cash discounts take off."""
        return sum(view.open_minor for view in self.chosen) - self.sum_minor

    @property
    def methods(self) -> list[str]:
        """Codes of the methods that all chosen documents offer, with the same provider."""
        first, *rest = [_offered(view) for view in self.chosen or self.views[:1]]
        return [code for code, provider in first.items() if all(one.get(code) == provider for one in rest)]

    @property
    def preferred(self) -> str:
        """The method to suggest: the first, or after a failure the next."""
        failed = self.first.payment["last_method"] if self.first.failure and self.first.payment else ""
        return next((code for code in self.methods if code != failed), (self.methods or [""])[0])

    @property
    def least_minor(self) -> int:
        """The smallest part of the one chosen document that may be paid; 0 where only all of it can be."""
        payment = self.first.payment
        least = int(payment["partial_minimum"]["minor_units"]) if payment and len(self.chosen) == 1 else 0
        return least if least < self.sum_minor and self.methods != [PaymentMethod.TRANSFER] else 0

    @property
    def ids(self) -> list[str]:
        return [view.entry["id"] for view in self.chosen]


def _offered(view: ReceivableView) -> dict[str, str]:
    """Providers by method; where two offer the same, the first."""
    methods: list[dict[str, str]] = view.payment["methods"] if view.payment else []
    return {code: next(m["provider"] for m in methods if m["code"] == code) for code in view.methods}


async def to_pay(request: Request, document_ids: Sequence[UUID], chosen: Sequence[UUID] | None = None) -> ToPay:
    """`document_ids` are on the page in any case; `chosen` are ticked, else they are. Raises NotFound where one is not the reader's."""
    asked = list(dict.fromkeys([*document_ids, *(chosen or ())]))[:MOST]
    record = await query_view(request, "to_pay", asked=asked, many=MOST)
    views = views_of(record)
    known = {view.entry["id"] for view in views}
    if not views or not {str(id) for id in document_ids} <= known:
        raise NotFound
    request.state.page_context = page_context(record, "payments" if len(document_ids) > 1 else "documents")
    picked = document_ids if chosen is None else chosen
    return ToPay(_of_one_kind(views), frozenset(str(id) for id in picked))


def _of_one_kind(views: list[ReceivableView]) -> list[ReceivableView]:
    """Whoever changes an address asks for what cannot go together: the first decides."""
    first = views[0].entry
    same = ("customer_id", first["customer_id"]), ("currency", views[0].currency)
    return [
        view for view in views if (("customer_id", view.entry["customer_id"]), ("currency", view.currency)) == same
    ]  # fmt: skip


def views_of(record: asyncpg.Record, column: str = "entries") -> list[ReceivableView]:
    merchant, session = orjson.loads(record["merchant"]), orjson.loads(record["session"])
    common: dict[str, Any] = {"details": {}, "today": record["today"], "merchant": merchant, "session": session}
    return [ReceivableView(entry=one["entry"], payment=one["payment"], **common) for one in loads_all(record[column])]
