"""Customers of a list that somebody brings: looked at one by one first, then stored."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, ValidationError
from sqlmodel import col, select

from kontor_identity.customers.inputs import CustomerNew
from kontor_identity.customers.service import upsert_customer
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
    numbers = [str(row.get("number", "")) for row in batch.customers]
    async with deps.db.transaction(merchant_id) as session:
        known = set(await session.exec(select(Customer.number).where(col(Customer.number).in_(numbers))))
    results: list[dict[str, Any]] = []
    seen: set[str] = set()
    for row in batch.customers:
        try:
            one = CustomerNew.model_validate(row)
            if one.number in seen:
                raise NumberTwice(field="number")
            seen.add(one.number)
            stored = await upsert_customer(deps, merchant_id, one.number, one) if batch.store else {}
            results.append(stored | {"outcome": "known" if one.number in known else "new"})
        except ValidationError as error:
            results.append({"outcome": "refused", "error": invalid_from(error.errors()).as_dict()})
        except Problem as problem:
            if problem.status >= 500:
                raise
            results.append({"outcome": "refused", "error": problem.as_dict()})
    return results
