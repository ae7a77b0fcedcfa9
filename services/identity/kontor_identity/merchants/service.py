"""Use cases of merchants."""

from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.identity.v1 import identity_pb2 as pb
from kontor.identity.v1.identity_pb2_codes import SecurityEventKind
from kontor_bus import record
from kontor_identity.challenges import ask_for_a_password
from kontor_identity.dependencies import Dependencies
from kontor_identity.fields import apply
from kontor_identity.merchants.document_types import default_decline_reasons, default_document_types, merged
from kontor_identity.merchants.inputs import MerchantChange, Registration
from kontor_identity.models import Merchant, Staff
from kontor_identity.passwords.person import confirm
from kontor_identity.security_log import by, note, owners
from kontor_identity.sessions.changes import grants_change, portal_access_changed
from kontor_identity.system_time import now
from kontor_service.commands import command_result
from kontor_service.errors import Conflict, Invalid, NotFound
from kontor_service.events import state_of
from kontor_service.i18n import N_
from kontor_service.ids import uuid7
from kontor_service.tokens import Principal

# A change of these decides which sessions may see anything.
_OPENS_THE_PORTAL = ("portal_enabled", "portal_access_default", "slug")
# Where customers' money and answers go.
_BANK = ("iban", "bic", "account_holder")
_TERMS = ("payment_days", "discount_days", "discount_percent")
_ADDRESSES = ("contact_email", "mail_reply_to")


SlugTaken = Conflict.named("slug_taken", N_("This address is taken."))
DepositIncomplete = Invalid.named("deposit_incomplete", N_("A deposit needs its percentage of the total."))
DiscountIncomplete = Invalid.named(
    "discount_incomplete", N_("A cash discount has days and percent, and ends before the invoice is due.")
)


async def register_merchant(deps: Dependencies, wanted: Registration) -> dict[str, Any]:
    """A new merchant with its first owner (A18). Raises SlugTaken, PasswordTooWeak."""
    password_hash = None
    if wanted.owner.password is not None:
        await deps.passwords.check_strength(
            wanted.owner.password, wanted.owner.email, wanted.owner.name, wanted.name, wanted.slug
        )
        password_hash = await deps.passwords.hash(wanted.owner.password)
    instant = now()
    merchant_id = uuid7()
    merchant = Merchant(
        id=merchant_id, merchant_id=merchant_id, name=wanted.name, slug=wanted.slug, language=wanted.language,
        document_types=default_document_types(),
        decline_reasons=default_decline_reasons(wanted.language), mail_from_name=wanted.name, created_at=instant,
    )  # fmt: skip
    _apply(merchant, wanted.settings)
    owner = Staff(
        merchant_id=merchant_id, email=wanted.owner.email, name=wanted.owner.name, role="owner",
        language=wanted.language, password_hash=password_hash, created_at=instant,
    )  # fmt: skip
    try:
        async with deps.db.transaction(merchant_id) as session:
            session.add(merchant)
            await session.flush()
            session.add(owner)
            await session.flush()
            record(session, pb.MerchantRegistered(merchant=state_of(pb.Merchant, merchant)))
            record(session, pb.StaffMemberAdded(staff_member=state_of(pb.StaffMember, owner)))
            if password_hash is None:
                await ask_for_a_password(session, deps, owner)
    except IntegrityError as error:
        raise _taken(error) from error
    return command_result(state_of(pb.Merchant, merchant), owner_id=str(owner.id))


async def change_settings(deps: Dependencies, editor: Principal, change: MerchantChange) -> dict[str, Any]:
    """Raises SlugTaken; FreshLogInNeeded and OldPasswordWrong where payments or answers would go elsewhere from now on."""
    merchant_id = editor.merchant
    present = await merchant_settings(deps, merchant_id)
    if any(getattr(change, name) not in (None, getattr(present, name)) for name in (*_BANK, *_ADDRESSES)):
        await confirm(deps, editor, change.own_password)
    try:
        async with deps.db.transaction(merchant_id) as session:
            await grants_change(session, merchant_id)
            merchant = await locked_merchant(session, merchant_id)
            before = merchant.model_dump()
            if _apply(merchant, change):
                await settings_changed(session, merchant)
                changed = {name for name, value in before.items() if getattr(merchant, name) != value}
                await _note(session, editor, changed, before)
                if not changed.isdisjoint(_OPENS_THE_PORTAL):
                    await portal_access_changed(session, merchant_id)
    except IntegrityError as error:
        raise _taken(error) from error
    pushed = await deps.push.now(merchant_id)
    return command_result(state_of(pb.Merchant, merchant), pushed=pushed)


async def _note(session: AsyncSession, editor: Principal, changed: set[str], before: dict[str, Any]) -> None:
    """The owners are told, and the address that it was so far."""
    tell = await owners(session)
    if not changed.isdisjoint(_BANK):
        note(session, editor.merchant, SecurityEventKind.BANK_CHANGED, actor=by(editor), tell=tell)
    if not changed.isdisjoint(_ADDRESSES):
        known = {recipient.email for recipient in tell}
        addresses = {before[name] for name in _ADDRESSES if name in changed} - known
        tell += [pb.NoticeRecipient(email=email, language=before["language"]) for email in sorted(addresses)]
        note(session, editor.merchant, SecurityEventKind.ADDRESS_CHANGED, actor=by(editor), tell=tell)


async def merchant_settings(deps: Dependencies, merchant_id: UUID) -> Merchant:
    async with deps.db.transaction(merchant_id) as session:
        return await _merchant(session, merchant_id)


async def locked_merchant(session: AsyncSession, merchant_id: UUID) -> Merchant:
    return await _merchant(session, merchant_id, lock=True)


async def settings_changed(session: AsyncSession, merchant: Merchant) -> None:
    merchant.touch()
    await session.flush()
    record(session, pb.MerchantSettingsChanged(merchant=state_of(pb.Merchant, merchant)))


async def _merchant(session: AsyncSession, merchant_id: UUID, *, lock: bool = False) -> Merchant:
    query = select(Merchant).where(Merchant.id == merchant_id)
    merchant = (await session.exec(query.with_for_update() if lock else query)).one_or_none()
    if merchant is None:
        raise NotFound
    return merchant


def _apply(merchant: Merchant, change: MerchantChange) -> bool:
    """Takes over what was said; whether anything is different now."""
    given = change.model_dump(exclude_none=True, exclude={"own_password"})
    if "document_types" in given:
        given["document_types"] = merged(merchant.document_types, given["document_types"])
        if any("deposit" in one["acceptance"] and not one["deposit_percent"] for one in given["document_types"]):
            raise DepositIncomplete(field="document_types")
    if not given.keys().isdisjoint(_TERMS):
        _check_terms(*(given.get(name, getattr(merchant, name)) for name in _TERMS))
    return apply(merchant, given)


def _check_terms(payment_days: int, discount_days: int, discount_percent: str) -> None:
    """What would never be given is no setting. Raises DiscountIncomplete."""
    if (discount_days or discount_percent) and not (discount_percent and 0 < discount_days < payment_days):
        raise DiscountIncomplete(field="discount_days" if payment_days else "payment_days")


def _taken(error: IntegrityError) -> Conflict:
    if "uq_merchant_slug" in str(error.orig):
        return SlugTaken(field="slug")
    raise error
