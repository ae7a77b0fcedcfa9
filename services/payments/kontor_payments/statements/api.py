"""Bank statements (D16): handing them in, and deciding about the payments on them."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, UploadFile
from fastapi import File as Part
from google.protobuf.message import Message
from sqlmodel import col, update

from kontor.payments.v1 import payments_pb2 as pb
from kontor_payments.dependencies import dependencies_of
from kontor_payments.statements.booking import book_entry, reopen_entry
from kontor_payments.statements.entries import locked_entry, tell
from kontor_payments.statements.importing import import_file
from kontor_payments.statements.inputs import BookEntryInput, ConfirmProposalsInput, SetEntryAsideInput
from kontor_payments.statements.models import BankStatement, StatementEntry
from kontor_payments.statements.proposing import propose_again
from kontor_payments.statements.reading.files import MOST_BYTES
from kontor_service.bodies import MEBIBYTE, takes
from kontor_service.commands import command_result
from kontor_service.events import state_of
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1", tags=["bank statements"])
Booker = Annotated[Principal, Depends(require("payments:book"))]


@router.post("/bank-statements", status_code=201)
@takes(MOST_BYTES + MEBIBYTE)
async def upload(request: Request, principal: Booker, file: Annotated[UploadFile, Part()]) -> dict[str, Any]:
    """CAMT.053 (02 to 08), MT940, or a ZIP of such files, at most 32 MiB. `statements` are those in the file; one that was handed in
    before changes nothing (`is_new` is false where that holds for all)."""
    deps = dependencies_of(request)
    rows, is_new = await import_file(
        deps.db, deps.clock, principal.merchant, await file.read(), file_name=file.filename or "", by=_who(principal)
    )
    deps.statements.set()
    return {"is_new": is_new, "statements": [_imported(row) for row in rows]}


def _imported(row: BankStatement) -> dict[str, Any]:
    said = row.model_dump(include={"number", "account", "payments", "new_payments"})
    return command_result(state_of(pb.BankStatement, row), **said)


@router.post("/statement-entries/confirm")
async def confirm_certain(
    request: Request, principal: Booker, wanted: ConfirmProposalsInput | None = None
) -> dict[str, Any]:
    """Confirms every certain proposal; they are booked one after the other by a job. One that no longer fits by then waits again."""
    deps = dependencies_of(request)
    certain = update(StatementEntry).where(
        col(StatementEntry.state) == "waiting", col(StatementEntry.certainty) == "certain"
    )
    if wanted and wanted.statement_id:
        certain = certain.where(col(StatementEntry.statement_id) == wanted.statement_id)
    # Ten thousand of them are told of as they are booked.
    confirmed = certain.values(state="confirmed", decided_by=_who(principal), decided_at=deps.clock.now())
    async with deps.db.transaction(principal.merchant) as session:
        found = (await session.exec(confirmed.returning(col(StatementEntry.id)))).all()
    deps.statements.set()
    return {"confirmed": len(found)}


@router.post("/statement-entries/propose")
async def propose(request: Request, principal: Booker) -> dict[str, Any]:
    """Looks once more for the documents of all payments that wait without a certain proposal."""
    deps = dependencies_of(request)
    async with deps.db.transaction(principal.merchant) as session:
        await propose_again(session)
    deps.statements.set()
    return {}


@router.post("/statement-entries/{entry_id}/book")
async def book(
    request: Request, entry_id: UUID, principal: Booker, wanted: BookEntryInput | None = None
) -> dict[str, Any]:
    """As proposed, or on other documents, one or several."""
    wanted = wanted or BookEntryInput()
    entry, receivables = await book_entry(
        dependencies_of(request), principal.merchant, entry_id, shares=wanted.by_document(), by=_who(principal),
        confirmed=wanted.confirmed,
    )  # fmt: skip
    return _answer(entry, receivables)


@router.post("/statement-entries/{entry_id}/set-aside")
async def set_aside(
    request: Request, entry_id: UUID, principal: Booker, wanted: SetEntryAsideInput | None = None
) -> dict[str, Any]:
    """It is not for a document: a loan, a transfer of one's own. Can be taken back."""
    deps = dependencies_of(request)
    async with deps.db.transaction(principal.merchant) as session:
        entry = await locked_entry(session, entry_id, "waiting")
        entry.state, entry.note = "set_aside", wanted.note if wanted else ""
        entry.decided_by, entry.decided_at = _who(principal), deps.clock.now()
        return command_result(tell(session, entry))


@router.post("/statement-entries/{entry_id}/reopen")
async def reopen(request: Request, entry_id: UUID, principal: Booker) -> dict[str, Any]:
    """Takes back what was booked, or that it was set aside."""
    return _answer(*await reopen_entry(dependencies_of(request), principal.merchant, entry_id, by=_who(principal)))


def _who(principal: Principal) -> str:
    return principal.name or principal.subject


def _answer(entry: Message, receivables: list[pb.Receivable]) -> dict[str, Any]:
    return command_result(entry, receivables=[command_result(one) for one in receivables])
