"""Use cases of invitations."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_identity.customers.store import changed, hold
from kontor_identity.dependencies import Dependencies
from kontor_identity.keys.derived import Purpose
from kontor_identity.limits.buckets import LOGIN_BY_ACCOUNT, TOKEN_BY_IP, network
from kontor_identity.models import Contact, Invitation, Merchant, PortalUser
from kontor_identity.passwords.hashing import check_strength
from kontor_identity.sessions.changes import end_sessions, grants_change, user_changed
from kontor_identity.sessions.password import account_key
from kontor_identity.sessions.start import Started, start_session
from kontor_identity.system_time import now
from kontor_service.errors import Gone, NotFound, Unauthorized
from kontor_service.i18n import N_

InvitationUnknown = NotFound.named("invitation_unknown", N_("There is no such invitation."))
InvitationExpired = Gone.named("invitation_expired", N_("The invitation is no longer valid."))
WrongPassword = Unauthorized.named("invalid_credentials", N_("The password is wrong."))


@dataclass(frozen=True)
class Inspected:
    """What an invited person sees before choosing a password."""

    slug: str
    merchant_name: str
    email: str
    name: str
    expired: bool
    # The person has a log-in with this merchant already, and gives its password.
    has_account: bool


async def invitation_url(deps: Dependencies, merchant_id: UUID | None, invitation_id: UUID) -> str:
    """The link for the mail. Raises InvitationUnknown, InvitationExpired."""
    owner = await deps.db.pool.fetchval("SELECT merchant_of_invitation($1)", invitation_id)
    if owner is None or merchant_id not in (None, owner):
        raise InvitationUnknown
    async with deps.db.transaction(owner) as session:
        invitation = await session.get_one(Invitation, invitation_id)
        _check_open(invitation)
    return f"{deps.settings.portal_url}/einladung/{deps.secrets.token(Purpose.INVITATION, invitation_id)}"


async def inspect_invitation(deps: Dependencies, token: str) -> Inspected:
    """Raises InvitationUnknown."""
    invitation_id, merchant_id = await deps.opened(
        token, Purpose.INVITATION, "merchant_of_invitation", InvitationUnknown
    )
    async with deps.db.transaction(merchant_id) as session:
        invitation = await session.get_one(Invitation, invitation_id)
        contact = await session.get_one(Contact, invitation.contact_id)
        merchant = await session.get_one(Merchant, merchant_id)
        user = await _user(session, merchant_id, invitation.email)
    return Inspected(
        slug=merchant.slug, merchant_name=merchant.name, email=invitation.email, name=contact.name,
        expired=not _open(invitation), has_account=user is not None,
    )  # fmt: skip


async def accept_invitation(
    deps: Dependencies, token: str, password: str, ip: str, *, forgotten: bool = False
) -> Started:
    """Makes the portal user, or adds the customer to the one with this address, and logs in.

    Who has a log-in gives its password. Who has `forgotten` it chooses another one, which ends the other sessions:
    whoever holds the link has shown that the mailbox is theirs.
    Raises InvitationUnknown, InvitationExpired, PasswordTooWeak, WrongPassword, PortalOff, TooMany.
    """
    await deps.limits.take(TOKEN_BY_IP, network(ip))
    invitation_id, merchant_id = await deps.opened(
        token, Purpose.INVITATION, "merchant_of_invitation", InvitationUnknown
    )
    async with deps.db.transaction(merchant_id) as session:
        invitation = await session.get_one(Invitation, invitation_id)
        _check_open(invitation)
        known = None if forgotten else await _user(session, merchant_id, invitation.email)
        merchant = await session.get_one(Merchant, merchant_id)
    if known is not None:
        await _check_password(deps, merchant.slug, known, password)
        password_hash = known.password_hash
    else:
        check_strength(password, invitation.email)
        password_hash = await deps.passwords.hash(password)
    async with deps.db.transaction(merchant_id) as session:
        await grants_change(session, merchant_id)
        held = await hold(session, invitation.customer_id)
        # Under the customer's lock, so that two clicks do not both find it open.
        invitation = (
            await session.exec(select(Invitation).where(Invitation.id == invitation_id).with_for_update())
        ).one()
        _check_open(invitation)
        contact = held.contact(invitation.contact_id)
        user = await _grant(session, contact, invitation, password_hash, known)
        await changed(session, held)
        return await start_session(
            session, deps.settings, kind="portal", merchant_id=merchant_id, ip=ip, user_id=user.id,
            contact_id=contact.id, email=user.email,
        )  # fmt: skip


async def _check_password(deps: Dependencies, slug: str, user: PortalUser, password: str) -> None:
    """Counted with the attempts to log in: an invitation is no second way to guess."""
    account = account_key("portal", slug, user.email)
    await deps.limits.take(LOGIN_BY_ACCOUNT, account)
    if not await deps.passwords.verify(user.password_hash, password):
        raise WrongPassword(field="password")
    await deps.limits.reset(LOGIN_BY_ACCOUNT, account)


async def _grant(
    session: AsyncSession, contact: Contact, invitation: Invitation, password_hash: str, known: PortalUser | None
) -> PortalUser:
    instant = now()
    invitation.used_at = instant
    user = await _user(session, contact.merchant_id, invitation.email)
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
        await user_changed(session, user.id)
    else:
        user.password_hash = password_hash
        await end_sessions(session, user_id=user.id)
    await session.flush()
    contact.access, contact.user_id, contact.last_seen_at = "active", user.id, instant
    return user


async def _user(session: AsyncSession, merchant_id: UUID, email: str) -> PortalUser | None:
    query = select(PortalUser).where(PortalUser.merchant_id == merchant_id, PortalUser.email == email)
    return (await session.exec(query)).one_or_none()


def _open(invitation: Invitation) -> bool:
    unused = invitation.used_at is None and invitation.revoked_at is None
    return unused and invitation.expires_at > now()


def _check_open(invitation: Invitation) -> None:
    if not _open(invitation):
        raise InvitationExpired
