"""Staff accounts over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from kontor_identity.dependencies import Deps
from kontor_identity.staff.service import StaffChange, StaffNew, add_staff, change_staff, list_staff
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1/staff", tags=["staff"])

Editor = Annotated[Principal, Depends(require("staff:edit"))]


@router.get("")
async def get_staff(deps: Deps, editor: Editor) -> dict[str, Any]:
    return {"staff": await list_staff(deps, editor.merchant)}


@router.post("", status_code=201)
async def post_staff(wanted: StaffNew, deps: Deps, editor: Editor) -> dict[str, Any]:
    return await add_staff(deps, editor.merchant, wanted)


@router.patch("/{staff_id}")
async def patch_staff(staff_id: UUID, change: StaffChange, deps: Deps, editor: Editor) -> dict[str, Any]:
    return await change_staff(deps, editor.merchant, staff_id, change)
