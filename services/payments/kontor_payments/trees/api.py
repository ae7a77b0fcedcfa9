"""What the merchant counts towards tree planting (D14)."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select

from kontor_payments.dependencies import dependencies_of
from kontor_payments.models import Merchant
from kontor_payments.trees.models import TreePlanting
from kontor_payments.trees.service import locked_planting, recount
from kontor_service.commands import command_result
from kontor_service.ids import uuid7
from kontor_service.tokens import Principal, require
from kontor_service.validation import Line

router = APIRouter(prefix="/v1/settings/trees", tags=["settings"])
Staff = Annotated[Principal, Depends(require("payments:settings"))]


class TreesInput(BaseModel):
    enabled: bool
    # fees: what providers keep of payments; payments: each payment through a provider.
    basis: Literal["fees", "payments"]
    # Minor units of euros of fees, or payments, for a square metre.
    step: int = Field(ge=1, le=10_000_000)
    # Who plants, as the portal names it.
    partner: Annotated[Line, Field(max_length=100)] = ""


@router.get("")
async def show(request: Request, principal: Staff) -> dict[str, Any]:
    """What was last counted; nothing where it was never switched on."""
    async with dependencies_of(request).db.transaction(principal.merchant) as session:
        found = (await session.exec(select(TreePlanting))).one_or_none()
    return found.model_dump(mode="json", exclude={"merchant_id", "epoch", "version"}) if found else {}


@router.put("")
async def change(request: Request, principal: Staff, wanted: TreesInput) -> dict[str, Any]:
    """Payments count from the day on which it was first switched on, also with another basis."""
    deps = dependencies_of(request)
    async with deps.db.transaction(principal.merchant) as session:
        merchant = (await session.exec(select(Merchant))).one_or_none()
        today = deps.clock.today(merchant.time_zone if merchant else "Europe/Berlin")
        fresh = TreePlanting(id=uuid7(), merchant_id=principal.merchant, since=today, version=0)
        await session.exec(insert(TreePlanting).values(fresh.model_dump()).on_conflict_do_nothing())
        planting = await locked_planting(session)
        assert planting is not None
        for name, value in wanted.model_dump().items():
            setattr(planting, name, value)
        return command_result(await recount(session, planting, deps.clock, told=True))
