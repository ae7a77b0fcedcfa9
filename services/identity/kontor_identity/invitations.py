"""Invitations to the portal (B1, B2): a link by mail, valid for a while, for one use."""

from typing import Any, cast
from uuid import UUID

from fastapi import APIRouter
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.identity.v1 import identity_pb2 as pb
from kontor.identity.v1.identity_pb2_codes import SecurityEventKind
from kontor_identity.access.services import CallingService
from kontor_identity.access.tokens import PortalOff
from kontor_identity.challenges import open_challenge, use_challenge
from kontor_identity.customers.store import changed, hold
from kontor_identity.dependencies import Dependencies, Deps
from kontor_identity.fields import Input
from kontor_identity.limits import LOGIN, TOKEN_BY_IP, network
from kontor_identity.links.rules import why_closed
from kontor_identity.models import Challenge, Contact, Customer, Merchant, PortalUser
from kontor_identity.passwords.changes import set_password
from kontor_identity.security_log import by_session, note
from kontor_identity.sessions.changes import grants_change, person_changed
from kontor_identity.sessions.start import Started, account_key, start_session
from kontor_identity.system_time import now
from kontor_service.errors import Unauthorized
from kontor_service.i18n import N_

router = APIRouter(prefix="/v1/invitations", tags=["invitations"])

WrongPassword = Unauthorized.named("invalid_credentials", N_("The password is wrong."))


class InvitationToken(Input):
    token: str


class Acceptance(InvitationToken):
    # Of the log-in that there is, or the one chosen for a new one.
    password: str
    # There is a log-in, and its password is replaced by this one.
    forgotten: bool = False
    ip: str = ""


@router.post("/inspect")
async def inspect(body: InvitationToken, deps: Deps, _: CallingService) -> dict[str, Any]:
    """What an invited person sees before choosing a password; with `has_account` they give the one they have.

    Raises LinkUnknown, LinkExpired, PortalOff.
    """
    invitation = await open_challenge(deps, body.token, "invitation")
    async with deps.db.transaction(invitation.merchant_id) as session:
        merchant = await session.get_one(Merchant, invitation.merchant_id)
        customer = await session.get_one(Customer, invitation.customer_id)
        user = await _user(session, invitation)
    if why_closed(merchant, customer):
        raise PortalOff(slug=merchant.slug)
    return {
        "slug": merchant.slug, "merchant_name": merchant.name, "email": invitation.email, "name": invitation.name,
        "has_account": user is not None,
    }  # fmt: skip


@router.post("/accept")
async def accept(body: Acceptance, deps: Deps, _: CallingService) -> dict[str, Any]:
    started = await accept_invitation(deps, body)
    await deps.push.now(started.actor.merchant_id)
    return started.answer()


async def accept_invitation(deps: Dependencies, given: Acceptance) -> Started:
    """Makes the portal user, or adds the customer to the one with this address, and logs in.

    Who has a log-in gives its password. Who has `forgotten` it chooses another one, which ends the other sessions:
    whoever holds the link has shown that the mailbox is theirs.
    Raises LinkUnknown, LinkExpired, PasswordTooWeak, WrongPassword, PortalOff, TooMany.
    """
    await deps.limits.take(TOKEN_BY_IP, network(given.ip))
    invitation = await open_challenge(deps, given.token, "invitation")
    async with deps.db.transaction(invitation.merchant_id) as session:
        known = None if given.forgotten else await _user(session, invitation)
        merchant = await session.get_one(Merchant, invitation.merchant_id)
    if known is not None:
        await _check_password(deps, merchant.slug, known, given)
        password_hash = known.password_hash
    else:
        await deps.passwords.check_strength(
            given.password, invitation.email, invitation.name, merchant.name, merchant.slug
        )
        password_hash = await deps.passwords.hash(given.password)
    async with deps.db.transaction(invitation.merchant_id) as session:
        await grants_change(session, invitation.merchant_id)
        held = await hold(session, cast(UUID, invitation.customer_id))
        # Under the customer's lock, so that two clicks do not both find it open.
        await use_challenge(session, invitation)
        contact = held.contact(cast(UUID, invitation.contact_id))
        user = await _grant(session, contact, invitation, password_hash, known)
        await changed(session, held, pb.ContactAccessActivated, contact_id=str(contact.id))
        started = await start_session(
            session, deps, kind="portal", merchant_id=user.merchant_id, ip=given.ip, user_id=user.id,
            contact_id=contact.id, email=user.email,
        )  # fmt: skip
        actor = by_session(started.actor)
        note(session, user.merchant_id, SecurityEventKind.LOGGED_IN, actor=actor, about=user.email, ip=given.ip)
        return started


async def _check_password(deps: Dependencies, slug: str, user: PortalUser, given: Acceptance) -> None:
    """Raises WrongPassword. Counts as a log-in attempt, so that invitations offer no further guesses."""
    attempt = LOGIN, account_key("portal", slug, user.email), given.ip
    await deps.limits.count(*attempt)
    if not await deps.passwords.verify(user.password_hash, given.password):
        raise WrongPassword(field="password")
    await deps.limits.succeeded(*attempt)


async def _grant(
    session: AsyncSession, contact: Contact, invitation: Challenge, password_hash: str, known: PortalUser | None
) -> PortalUser:
    instant = now()
    user = await _user(session, invitation)
    if user is None:
        user = PortalUser(
            merchant_id=contact.merchant_id, email=invitation.email, name=contact.name, language=contact.language,
            password_hash=password_hash, created_at=instant,
        )  # fmt: skip
        session.add(user)
    elif known is not None:
        if user.password_hash != password_hash:
            # Changed while the old one was being verified.
            raise WrongPassword(field="password")
        await person_changed(session, user.id)
    else:
        await set_password(session, user, password_hash)
    await session.flush()
    contact.access, contact.user_id, contact.last_seen_at = "active", user.id, instant
    return user


async def _user(session: AsyncSession, invitation: Challenge) -> PortalUser | None:
    query = select(PortalUser).where(
        PortalUser.merchant_id == invitation.merchant_id, PortalUser.email == invitation.email
    )
    return (await session.exec(query)).one_or_none()
