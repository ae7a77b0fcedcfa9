"""Merchants' accounts at providers over HTTP: connect, try, switch on, end (D4, D13)."""

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, HttpUrl, StringConstraints
from pydantic import Field as Constrained
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.payments.v1 import payments_pb2 as pb
from kontor_payments.connections.accounts import connect_with_key
from kontor_payments.connections.ending import delete_keys, disconnect, uses_of
from kontor_payments.connections.live import switch_on
from kontor_payments.connections.models import TrialPayment
from kontor_payments.connections.service import active_connection
from kontor_payments.connections.sign_in import begin_sign_in, finish_sign_in
from kontor_payments.connections.trial import TrialInput, check_trial, has_passed, last_trials, start_trial
from kontor_payments.dependencies import Dependencies, dependencies_of
from kontor_payments.errors import ConnectionUnknown
from kontor_payments.methods.disconnecting import methods_at
from kontor_payments.models import Connection
from kontor_payments.providers.registry import KINDS, ProviderKind
from kontor_service.commands import command_result
from kontor_service.errors import Invalid
from kontor_service.events import state_of
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _
from kontor_service.tokens import Principal, must_be_fresh, require
from kontor_service.validation import Line

router = APIRouter(prefix="/v1/connections", tags=["connections"])
Staff = Annotated[Principal, Depends(require("payments:settings"))]
_Value = Annotated[Line, StringConstraints(max_length=1000, strip_whitespace=True)]
_Parameter = Annotated[Line, StringConstraints(min_length=1, max_length=1000)]


class KeysInput(BaseModel):
    """The provider's key fields by name, as `GET /v1/connections` lists them."""

    fields: Annotated[dict[str, _Value], Constrained(max_length=10)]


class SignInInput(BaseModel):
    # Where the provider sends the merchant back to; it must be registered there.
    return_url: HttpUrl


class SignedInInput(BaseModel):
    """What the provider sent along with the merchant."""

    state: _Parameter
    code: _Parameter


@router.get("")
async def show(request: Request, principal: Staff) -> dict[str, Any]:
    """Which providers can be connected and how, and what is connected or has been, the newest first."""
    deps = dependencies_of(request)
    async with deps.db.transaction(principal.merchant) as session:
        query = select(Connection).where(Connection.provider != "sandbox").order_by(col(Connection.id).desc())
        rows = list(await session.exec(query))
        trials = await last_trials(session)
        return {
            "providers": [
                await _provider(deps, session, kind, trials.get(kind.name))
                for kind in KINDS.values()
                if kind.name in deps.providers.connectable
            ],
            "connections": [await _shown(session, row) for row in rows],
        }


@router.post("/{provider}/keys")
async def connect(request: Request, provider: str, principal: Staff, wanted: KeysInput) -> dict[str, Any]:
    """Connects an account with keys that the merchant copied from the provider's pages. If it is connected already, it gets the new
    keys."""
    deps, kind = dependencies_of(request), _kind(request, provider)
    must_be_fresh(principal)
    for field in kind.key_fields:
        if not field.optional and not wanted.fields.get(field.name):
            raise Invalid(N_("This field is missing."), code="missing", field=f"fields.{field.name}")
    if unknown := sorted(wanted.fields.keys() - {field.name for field in kind.key_fields}):
        raise Invalid(N_("This field is not known."), code="extra_forbidden", field=f"fields.{unknown[0]}")
    return _result(await connect_with_key(deps, principal.merchant, provider, wanted.fields))


@router.post("/{provider}/sign-in")
async def sign_in(request: Request, provider: str, principal: Staff, wanted: SignInInput) -> dict[str, str]:
    """The provider's address where the merchant allows access; good for ten minutes, once, in this session."""
    _kind(request, provider)
    must_be_fresh(principal)
    url = await begin_sign_in(dependencies_of(request), principal, provider, str(wanted.return_url))
    return {"authorize_url": url}


@router.post("/{provider}/signed-in")
async def signed_in(request: Request, provider: str, principal: Staff, told: SignedInInput) -> dict[str, Any]:
    """The merchant is back from the provider."""
    _kind(request, provider)
    return _result(await finish_sign_in(dependencies_of(request), principal, provider, told.state, told.code))


@router.post("/{provider}/trial-payments", status_code=201)
async def try_out(request: Request, provider: str, principal: Staff, wanted: TrialInput) -> dict[str, Any]:
    """A payment of the provider's least amount in its test mode: the address of its page."""
    _kind(request, provider)
    return _trial(await start_trial(dependencies_of(request), principal, provider, wanted))


@router.post("/trial-payments/{trial_id}/reconcile")
async def look_at_trial(request: Request, trial_id: UUID, principal: Staff) -> dict[str, Any]:
    """The merchant is back from the provider's page: the provider is asked what became of it."""
    return _trial(await check_trial(dependencies_of(request), principal.merchant, trial_id))


@router.post("/{provider}/live")
async def go_live(request: Request, provider: str, principal: Staff) -> dict[str, Any]:
    """Customers can pay through it from now on."""
    _kind(request, provider)
    must_be_fresh(principal)
    return _result(await switch_on(dependencies_of(request), principal, provider))


@router.post("/{provider}/end")
async def end(request: Request, provider: str, principal: Staff) -> dict[str, Any]:
    """Answers what was under way: open_checkouts are taken back, pending_payments and open_refunds are still followed."""
    deps = dependencies_of(request)
    _kind(request, provider)
    async with deps.db.transaction(principal.merchant) as session:
        if await active_connection(session, provider) is None:
            raise ConnectionUnknown
    must_be_fresh(principal)
    connection, uses = await disconnect(deps, principal.merchant, provider)
    return _result(connection, **asdict(uses))


@router.delete("/{connection_id}/keys")
async def forget(request: Request, connection_id: UUID, principal: Staff) -> dict[str, Any]:
    """Of a connection that has ended. Nothing that was paid through it can be refunded here from then on."""
    deps = dependencies_of(request)
    await deps.providers.by_id(principal.merchant, connection_id)
    must_be_fresh(principal)
    return _result(await delete_keys(deps, principal.merchant, connection_id))


def _kind(request: Request, provider: str) -> ProviderKind:
    if provider not in dependencies_of(request).providers.connectable:
        raise ConnectionUnknown
    return KINDS[provider]


def _result(connection: Connection, **more: Any) -> dict[str, Any]:
    return command_result(state_of(pb.Connection, connection), **more)


async def _provider(
    deps: Dependencies, session: AsyncSession, kind: ProviderKind, last: TrialPayment | None
) -> dict[str, Any]:
    return {
        "provider": kind.name,
        "fields": [
            asdict(one) | {"label": _(one.label), "hint": _(one.hint) if one.hint else ""} for one in kind.key_fields
        ],
        "sign_in": deps.providers.connector(kind.name).sign_in_mode,
        "has_test_mode": kind.has_test_mode,
        "methods": list(kind.methods),
        "trial": _trial(last) if last else None,
        "trial_passed": not kind.has_test_mode or await has_passed(session, kind.name),
    }


async def _shown(session: AsyncSession, row: Connection) -> dict[str, Any]:
    names = {
        "id",
        "provider",
        "account",
        "display_name",
        "mode",
        "state",
        "connected_at",
        "ended_at",
        "problem",
        "problem_at",
    }
    return row.model_dump(mode="json", include=names) | {
        "has_keys": bool(row.credentials), "saved_methods": await methods_at(session, row.id),
        **asdict(await uses_of(session, row.id)),
    }  # fmt: skip


def _trial(trial: TrialPayment) -> dict[str, Any]:
    names = {"id", "provider", "method", "amount_minor", "currency", "state", "redirect_url", "failure", "created_at"}
    return trial.model_dump(mode="json", include=names)
