"""What customers and merchants do with quotes."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from kontor.documents.v1 import documents_pb2 as pb
from kontor_documents.dependencies import Deps
from kontor_documents.errors import DocumentNotFound
from kontor_documents.quotes import acceptance, decisions, jobs, revisions
from kontor_documents.quotes.access import actor
from kontor_documents.quotes.forwarding import ForwardInput, forward
from kontor_documents.quotes.inputs import AcceptanceInput, DeclineInput, ExtendInput, RequestInput
from kontor_documents.quotes.selection import SelectionInput
from kontor_service.commands import command_result
from kontor_service.tokens import Principal, require

router = APIRouter(tags=["quotes"])

Acceptor = Annotated[Principal, Depends(require("documents:accept"))]
Reader = Annotated[Principal, Depends(require("documents:read"))]
Viewer = Annotated[Principal, Depends(require("service", "documents:release"))]
Releaser = Annotated[Principal, Depends(require("documents:release"))]
Submitter = Annotated[Principal, Depends(require("documents:submit"))]


@router.put("/v1/documents/{document_id}/selection")
async def select(deps: Deps, document_id: UUID, body: SelectionInput, principal: Acceptor) -> dict[str, Any]:
    """Keeps what is chosen, and answers what it comes to in minor units."""
    state = await decisions.select(deps, document_id, body, principal)
    return command_result(state, selection=_selection(state))


@router.post("/v1/documents/{document_id}/acceptance")
async def accept(deps: Deps, document_id: UUID, body: AcceptanceInput, principal: Acceptor) -> dict[str, Any]:
    """`state` is `accepted`, or `promised` where a payment of `asked_minor` is awaited."""
    state = await acceptance.accept(deps, document_id, body, principal)
    # At once rather than with the job: whoever ordered sees what was confirmed.
    return _decided(await jobs.confirmed(deps, principal.merchant, state))


@router.post("/v1/documents/{document_id}/decline")
async def decline(deps: Deps, document_id: UUID, body: DeclineInput, principal: Acceptor) -> dict[str, Any]:
    return _decided(await decisions.decline(deps, document_id, body, principal))


@router.post("/v1/documents/{document_id}/extension-request")
async def request_extension(deps: Deps, document_id: UUID, body: RequestInput, principal: Reader) -> dict[str, Any]:
    return command_result(await decisions.request_extension(deps, document_id, body, principal))


@router.post("/v1/documents/{document_id}/new-offer-request")
async def request_new_offer(deps: Deps, document_id: UUID, body: RequestInput, principal: Reader) -> dict[str, Any]:
    return command_result(await decisions.request_new_offer(deps, document_id, body, principal))


@router.post("/v1/documents/{document_id}/forward")
async def forward_to_colleague(deps: Deps, document_id: UUID, body: ForwardInput, principal: Reader) -> dict[str, Any]:
    """By a customer, to one of its contact persons who may accept."""
    if not principal.for_customers:
        raise DocumentNotFound
    return command_result(await forward(deps, document_id, body, principal))


@router.post("/v1/documents/{document_id}/extend")
async def extend(deps: Deps, document_id: UUID, body: ExtendInput, principal: Releaser) -> dict[str, Any]:
    """The merchant gives the customer more time."""
    async with deps.db.transaction(principal.merchant) as session:
        state = await decisions.extend(deps, session, document_id, body.valid_until, by=actor(principal))
        return command_result(state)


@router.get("/v1/documents/{document_id}/revisions")
async def earlier_revisions(deps: Deps, document_id: UUID, principal: Viewer) -> dict[str, Any]:
    """What the quote said before, of the newest 20 revisions: content and PDF by their hashes, when another took its place,
    and what that changed."""
    return {"revisions": await revisions.earlier(deps, principal.merchant, document_id)}


@router.post("/v1/documents/by-external-id/{external_id:path}/extend")
async def extend_by_external_id(
    deps: Deps, external_id: str, body: ExtendInput, principal: Submitter
) -> dict[str, Any]:
    async with deps.db.transaction(principal.merchant) as session:
        state = await decisions.extend_by_external_id(deps, session, external_id, body.valid_until, by=actor(principal))
        return command_result(state)


@router.post("/v1/documents/{document_id}/request-done")
async def request_done(deps: Deps, document_id: UUID, principal: Releaser) -> dict[str, Any]:
    """What the customer asked for is answered: it is no task any more."""
    async with deps.db.transaction(principal.merchant) as session:
        return command_result(await decisions.request_done(deps, session, document_id, by=actor(principal)))


def _decided(state: pb.Document) -> dict[str, Any]:
    return command_result(
        state, state=state.outcome, revision=state.revision, asked_minor=state.asked_minor,
        order_confirmation_id=state.decision.order_confirmation_id or None,
    )  # fmt: skip


def _selection(state: pb.Document) -> dict[str, Any]:
    chosen = state.selection
    return {
        "lines": [{"id": line.id, "selected": line.selected, "quantity": line.quantity} for line in chosen.lines],
        "net_minor": chosen.net_minor, "tax_minor": chosen.tax_minor, "gross_minor": chosen.gross_minor,
        "taxes": [_tax(tax) for tax in chosen.taxes], "asked_minor": chosen.asked_minor, "currency": state.currency,
    }  # fmt: skip


def _tax(tax: pb.SelectionTax) -> dict[str, Any]:
    return {
        "category": tax.category, "rate": tax.rate, "taxable_minor": tax.taxable_minor, "tax_minor": tax.tax_minor,
        "exemption_reason": tax.exemption_reason,
    }  # fmt: skip
