"""What staff take out of payouts (D19): their lines as CSV, their postings for DATEV, and the accounts for these."""

import calendar
import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.payments.v1.payments_pb2_codes import PaymentProvider, PayoutItemKind
from kontor_payments.dependencies import Dependencies, dependencies_of
from kontor_payments.errors import DatevNotSetUp, PayoutNotFound, PayoutNotInEuros
from kontor_payments.payouts.extf import Batch, booking_batch
from kontor_payments.payouts.models import DatevSettings, Payout
from kontor_payments.payouts.postings import postings
from kontor_payments.payouts.settings import DatevInput, accounts_of, shown
from kontor_service.formats import day, typed
from kontor_service.i18n import gettext as _
from kontor_service.i18n import speaking
from kontor_service.tokens import Principal, require
from kontor_service.vocabulary import word

router = APIRouter(prefix="/v1", tags=["payouts"])
Booker = Annotated[Principal, Depends(require("payments:book"))]
Staff = Annotated[Principal, Depends(require("payments:settings"))]
Month = Annotated[
    str, Query(pattern=r"^[12][0-9]{3}-(0[1-9]|1[0-2])$", description="The month of arrival, as 2026-11.")
]
Language = Literal["de", "en"]

# What never reached the bank account, or came back from there, is not posted.
_POSTED = ("in_transit", "paid")


@router.get("/payouts/items.csv")
async def items_of_month(request: Request, principal: Booker, month: Month, language: Language = "de") -> Response:
    """Every line of the month's payouts: UTF-8 with a byte order mark, semicolons, a decimal comma in German."""
    async with dependencies_of(request).db.transaction(principal.merchant) as session:
        return _csv(await _of_month(session, month), language)


@router.get("/payouts/datev.csv")
async def datev_of_month(request: Request, principal: Booker, month: Month) -> Response:
    """DATEV's Buchungsstapel of the payouts that arrive in the month. 409 `datev_not_set_up`, `payout_not_in_euros`."""
    deps = dependencies_of(request)
    async with deps.db.transaction(principal.merchant) as session:
        found = [payout for payout in await _of_month(session, month) if payout.state in _POSTED]
        return await _datev(deps, session, found, *_days_of(month))


@router.get("/payouts/{payout_id}/items.csv")
async def items(request: Request, payout_id: UUID, principal: Booker, language: Language = "de") -> Response:
    """As for a month."""
    async with dependencies_of(request).db.transaction(principal.merchant) as session:
        return _csv([await _payout(session, payout_id)], language)


@router.get("/payouts/{payout_id}/datev.csv")
async def datev(request: Request, payout_id: UUID, principal: Booker) -> Response:
    """As for a month. One that failed or was cancelled has no postings."""
    deps = dependencies_of(request)
    async with deps.db.transaction(principal.merchant) as session:
        payout = await _payout(session, payout_id)
        found = [payout] if payout.state in _POSTED else []
        return await _datev(deps, session, found, payout.arrives_on, payout.arrives_on)


@router.get("/settings/datev")
async def show_settings(request: Request, principal: Staff) -> dict[str, Any]:
    async with dependencies_of(request).db.transaction(principal.merchant) as session:
        return shown((await session.exec(select(DatevSettings))).one_or_none())


@router.put("/settings/datev")
async def change_settings(request: Request, principal: Staff, wanted: DatevInput) -> dict[str, Any]:
    """All of them at once."""
    settings = DatevSettings(merchant_id=principal.merchant, **wanted.check().model_dump())
    values = settings.model_dump()
    statement = insert(DatevSettings).values(values)
    async with dependencies_of(request).db.transaction(principal.merchant) as session:
        await session.exec(statement.on_conflict_do_update(index_elements=["merchant_id"], set_=values))
    return shown(settings)


async def _payout(session: AsyncSession, payout_id: UUID) -> Payout:
    found = (await session.exec(select(Payout).where(Payout.id == payout_id))).one_or_none()
    if found is None:
        raise PayoutNotFound
    return found


async def _of_month(session: AsyncSession, month: str) -> Sequence[Payout]:
    first, last = _days_of(month)
    query = select(Payout).where(col(Payout.arrives_on).between(first, last))
    return (await session.exec(query.order_by(col(Payout.arrives_on), col(Payout.id)))).all()


def _days_of(month: str) -> tuple[date, date]:
    first = date.fromisoformat(f"{month}-01")
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])


async def _datev(
    deps: Dependencies, session: AsyncSession, payouts: Sequence[Payout], first: date, last: date
) -> Response:  # fmt: skip
    settings = (await session.exec(select(DatevSettings))).one_or_none()
    if settings is None:
        raise DatevNotSetUp
    if foreign := [payout.provider_reference for payout in payouts if payout.currency != "EUR"]:
        raise PayoutNotInEuros(references=", ".join(foreign))
    accounts = accounts_of(settings)
    # A tax adviser reads German.
    with speaking("de"):
        lines = [posting for payout in payouts for posting in postings(payout.model_dump(), accounts)]
        batch = Batch(
            settings.consultant, settings.client, settings.account_length, settings.fiscal_month, settings.chart, first, last,
            _("Payouts %(month)s", month=f"{first:%m/%Y}"), deps.clock.now(),
        )  # fmt: skip
    content = booking_batch(batch, accounts.clearing, lines)
    return Response(
        content, media_type="text/csv; charset=windows-1252", headers={"Cache-Control": "private, no-store"}
    )


def _csv(payouts: Sequence[Payout], language: Language) -> Response:
    text = io.StringIO()
    # Excel takes semicolons where decimals have a comma.
    writer = csv.writer(text, delimiter=";")
    with speaking(language):
        writer.writerow([
            _("Payout"), _("Provider"), _("Arrives on"), _("Kind"), _("Document"), _("Reference"), _("Gross"), _("Fee"), _("Net"),
            _("Currency"),
        ])  # fmt: skip
        for payout in payouts:
            for item in payout.items:
                writer.writerow([_unlike_a_formula(str(value)) for value in _row(payout, item, language)])
    content = text.getvalue().encode("utf-8-sig")
    return Response(content, media_type="text/csv; charset=utf-8", headers={"Cache-Control": "private, no-store"})


def _row(payout: Payout, item: dict[str, Any], language: Language) -> list[str]:
    numbers = ", ".join(share["document_number"] for share in item["shares"])
    return [
        payout.provider_reference, word(PaymentProvider, payout.provider), day(payout.arrives_on, language),
        word(PayoutItemKind, item["kind"]), numbers, item["reference"],
        *(typed(item[name], payout.currency, language) for name in ("gross_minor", "fee_minor", "net_minor")), payout.currency,
    ]  # fmt: skip


def _unlike_a_formula(text: str) -> str:
    """Spreadsheets calculate what begins so; an amount below nothing is no formula."""
    is_amount = text[:1] == "-" and text[1:2].isdigit()
    return f"'{text}" if text[:1] in "=+-@\t\r" and text and not is_amount else text
