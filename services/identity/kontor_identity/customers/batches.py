"""Customers of a list that somebody brings: looked at one by one first, then stored."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, ValidationError
from sqlmodel import col, select

from kontor_identity.customers.inputs import CustomerNew
from kontor_identity.customers.service import store_customer
from kontor_identity.dependencies import Dependencies
from kontor_identity.fields import Input
from kontor_identity.models import Customer
from kontor_service.errors import Invalid, Problem, invalid_from
from kontor_service.i18n import N_

NumberTwice = Invalid.named("number_twice", N_("This number stands further up in the list already."))


class Batch(Input):
    """`store` false: only says what would become of each."""

    customers: Annotated[list[dict[str, Any]], Field(max_length=1000)]
    store: bool = False


async def take_batch(deps: Dependencies, merchant_id: UUID, batch: Batch) -> list[dict[str, Any]]:
    """For each in its order: `outcome` new, known or refused with its `error`; where it was stored, the customer too."""
    looked = _looked_at(batch.customers)
    numbers = [one.number for one in looked if isinstance(one, CustomerNew)]
    async with deps.db.transaction(merchant_id) as session:
        known = set(await session.exec(select(Customer.number).where(col(Customer.number).in_(numbers))))
    results = []
    for one in looked:
        try:
            if isinstance(one, Problem):
                raise one
            stored = await store_customer(deps, merchant_id, one.number, one) if batch.store else {}
            results.append(stored | {"outcome": "known" if one.number in known else "new"})
        except Problem as problem:
            if problem.status >= 500:
                raise
            results.append({"outcome": "refused", "error": problem.as_dict()})
    if batch.store:
        # Once for all: an edge that is away holds up the answer once.
        await deps.push.now(merchant_id)
    return results


def _looked_at(rows: list[dict[str, Any]]) -> list[CustomerNew | Problem]:
    """Each customer, or what is wrong with it."""
    looked: list[CustomerNew | Problem] = []
    seen: set[str] = set()
    for row in rows:
        try:
            one = CustomerNew.model_validate(row)
        except ValidationError as error:
            looked.append(invalid_from(error.errors()))
            continue
        looked.append(NumberTwice(field="number") if one.number in seen else one)
        seen.add(one.number)
    return looked
