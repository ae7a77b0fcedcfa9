"""What the page and the JSON about saved methods know: the copy's methods, and what the owner lets be added now."""

from dataclasses import dataclass
from typing import Any

from fastapi import Request

from kontor.payments.v1.payments_pb2_codes import SavedMethodState
from kontor_edge.owners import query_owner
from kontor_edge.portal import customer_names, page_context, query_view
from kontor_edge.query import loads
from kontor_payments_pages.portal.commands import PAY
from kontor_service.errors import Forbidden, Unavailable


@dataclass(frozen=True)
class SavedMethods:
    """`methods` those that can be charged, the default first; `ended` those that ended without the customer's doing."""

    methods: list[dict[str, Any]]
    ended: list[dict[str, Any]]
    customers: list[dict[str, Any]]
    language: str
    # None where the owner does not answer.
    options: list[dict[str, str]] | None

    @property
    def names(self) -> dict[str, str]:
        return customer_names(self.customers)

    def option(self, method: str) -> dict[str, str] | None:
        return next((one for one in self.options or () if one["method"] == method), None)


async def saved_methods(request: Request, *, with_options: bool = True) -> SavedMethods:
    record = await query_view(request, "saved_methods_of_reader")
    request.state.page_context = page_context(record, "methods")
    found: list[dict[str, Any]] = loads(record["methods"], [])
    # Who came by the link of one document acts for no customer.
    customers: list[dict[str, Any]] = loads(record["customers"], [])
    live = [one for one in found if one["state"] != SavedMethodState.ENDED]
    return SavedMethods(
        sorted(live, key=lambda one: not one["is_default"]),
        [one for one in found if one["state"] == SavedMethodState.ENDED],
        customers,
        loads(record["session"])["language"],
        await _options(request) if with_options and customers else [],
    )


async def _options(request: Request) -> list[dict[str, str]] | None:
    try:
        answer = await query_owner(request, "payments", PAY, "/v1/saved-methods/options")
    except Unavailable:
        return None
    except Forbidden:
        return []
    found: list[dict[str, str]] = answer["options"]
    return found
