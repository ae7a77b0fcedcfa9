"""What the merchant has switched on (D4): providers and single methods."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select, update

from kontor.payments.v1.payments_pb2_codes import PaymentProvider
from kontor_payments.connections.offer import live_providers, load_settings, offer_of
from kontor_payments.dependencies import Dependencies, dependencies_of
from kontor_payments.models import Connection, Merchant, PaymentSettings
from kontor_payments.providers.registry import KINDS, ProviderName
from kontor_service.errors import Invalid
from kontor_service.i18n import N_
from kontor_service.tokens import Principal, require
from kontor_service.validation import Line
from kontor_service.vocabulary import word

router = APIRouter(prefix="/v1/settings", tags=["settings"])
Staff = Annotated[Principal, Depends(require("payments:settings"))]


class MethodSwitch(BaseModel):
    provider: ProviderName
    code: Line
    enabled: bool


class ProviderSwitch(BaseModel):
    provider: ProviderName
    enabled: bool


class SettingsInput(BaseModel):
    """Only what is named changes."""

    providers: list[ProviderSwitch] = []
    methods: list[MethodSwitch] = []
    offset_credit_notes: bool | None = None
    # Customers may pay a part of what is open, from this amount on, in minor units of the document's currency.
    partial_payments: bool | None = None
    partial_minimum_minor: int | None = Field(default=None, ge=1, lt=2**53)


@router.get("")
async def show(request: Request, principal: Staff) -> dict[str, Any]:
    return await _shown(dependencies_of(request), principal)


@router.put("")
async def change(request: Request, principal: Staff, wanted: SettingsInput) -> dict[str, Any]:
    """Open receivables follow within moments, each with an event."""
    deps = dependencies_of(request)
    for number, switch in enumerate(wanted.methods):
        if switch.code not in KINDS[switch.provider].methods:
            raise Invalid(
                N_("%(provider)s has no method %(value)s."),
                field=f"methods[{number}].code",
                provider=switch.provider,
                value=switch.code,
            )
    for number, provider in enumerate(wanted.providers):
        if provider.enabled and provider.provider not in deps.providers.available:
            raise Invalid(
                N_("%(provider)s is not available in this installation."),
                field=f"providers[{number}].provider",
                provider=word(PaymentProvider, provider.provider),
            )
    async with deps.db.transaction(principal.merchant) as session:
        # The merchant first, as its copy does: the other way round the two would wait for each other.
        await session.exec(update(Merchant).values(offer_pending=True))
        settings = await load_settings(session, principal.merchant)
        values = _changed(settings, wanted)
        statement = insert(PaymentSettings.__table__).values(values)
        upsert = statement.on_conflict_do_update(index_elements=["merchant_id"], set_=values)
        await (await session.connection()).execute(upsert)
    deps.wake.set()
    return await _shown(deps, principal)


def _changed(settings: PaymentSettings, wanted: SettingsInput) -> dict[str, Any]:
    values = settings.model_dump()
    on = set(settings.providers_on) - {switch.provider for switch in wanted.providers}
    values["providers_on"] = sorted(on | {switch.provider for switch in wanted.providers if switch.enabled})
    for name in ("offset_credit_notes", "partial_payments", "partial_minimum_minor"):
        if (value := getattr(wanted, name)) is not None:
            values[name] = value
    off = set(settings.methods_off)
    for switch in wanted.methods:
        name = f"{switch.provider}:{switch.code}"
        off = off - {name} if switch.enabled else off | {name}
    return values | {"methods_off": sorted(off)}


async def _shown(deps: Dependencies, principal: Principal) -> dict[str, Any]:
    async with deps.db.transaction(principal.merchant) as session:
        merchant = (await session.exec(select(Merchant))).one_or_none()
        settings = await load_settings(session, principal.merchant)
        query = select(Connection).where(Connection.state != "ended")
        connections = {row.provider: row for row in await session.exec(query)}
        live = await live_providers(session, principal.merchant)
    offer = offer_of(merchant, settings, live)
    return {
        "payments_enabled": bool(merchant and merchant.payments_enabled),
        "iban_valid": offer.account,
        "offset_credit_notes": settings.offset_credit_notes,
        "partial_payments": settings.partial_payments,
        "partial_minimum_minor": settings.partial_minimum_minor,
        "providers": [
            {
                "provider": kind.name,
                "enabled": kind.name in settings.providers_on,
                "connectable": kind.name in deps.providers.connectable,
                **_connection(connections.get(kind.name)),
                "methods": [
                    {
                        "code": code,
                        "enabled": f"{kind.name}:{code}" not in settings.methods_off,
                        "offered": (code, kind.name) in offer.pairs and (code != "transfer" or offer.account),
                    }
                    for code in kind.methods
                ],
            }
            for kind in KINDS.values()
            if kind.name in deps.providers.available
        ],
    }


def _connection(row: Connection | None) -> dict[str, str]:
    """The merchant's account at the provider; empty texts where there is none."""
    return {name: getattr(row, name, "") for name in ("account", "display_name", "mode", "state", "problem")}
