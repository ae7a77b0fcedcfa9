"""Logging in with a mailed code: all documents of whoever has the mailbox, without an account (B19)."""

from datetime import timedelta
from hmac import compare_digest
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.identity.v1.identity_pb2_codes import SecurityEventKind
from kontor_identity.access.actors import session_actor
from kontor_identity.access.tokens import SessionEnded
from kontor_identity.challenges import issue
from kontor_identity.dependencies import Dependencies
from kontor_identity.limits import CODE, CODE_BY_IP, network
from kontor_identity.links.store import mailed_to, recipient_of
from kontor_identity.models import Challenge, Contact, Customer, Link
from kontor_identity.security_log import by_session, note
from kontor_identity.sessions.changes import session_starts
from kontor_identity.sessions.start import Started, account_key, start_session
from kontor_service.errors import Conflict, Unauthorized
from kontor_service.i18n import N_
from kontor_service.ids import uuid7

# Of 100 million codes: a guess succeeds once in 20 million challenges.
MOST_ATTEMPTS = 5

_ATTEMPT = text(
    "UPDATE challenge SET attempts = attempts + 1 WHERE id = :id AND kind = 'login_code' AND used_at IS NULL"
    f" AND expires_at > now() AND attempts < {MOST_ATTEMPTS} RETURNING key_id, email"
)
_USE = text("UPDATE challenge SET used_at = now() WHERE id = :id AND used_at IS NULL RETURNING id")


# The same for a wrong, a used, an expired and an unknown one.
WrongCode = Unauthorized.named("wrong_code", N_("The code is wrong or no longer valid."))
NoMailbox = Conflict.named("no_email", N_("There is no e-mail address for this document."))


async def mail_code_for_link(deps: Dependencies, session_hash: str, ip: str) -> UUID:
    """Mails a code to whom the session's link belongs. Raises SessionEnded, NoMailbox, TooMany."""
    await deps.limits.take(CODE_BY_IP, network(ip))
    actor = await session_actor(deps.db, session_hash)
    if actor is None or actor.ended or actor.link_id is None:
        raise SessionEnded
    await deps.limits.take(CODE, str(actor.link_id))
    async with deps.db.transaction(actor.merchant_id) as session:
        recipient = await recipient_of(session, await session.get_one(Link, actor.link_id))
        if not recipient.email:
            raise NoMailbox
        return _issue_code(session, deps, recipient, actor.customer_id)


async def mail_code_for_address(deps: Dependencies, slug: str, email: str, ip: str, device: str = "") -> UUID:
    """Mails a code to the address if a customer has it; the answer is the same if not. Raises TooMany."""
    await deps.limits.take(CODE_BY_IP, network(ip))
    account = account_key("portal", slug, email)
    await deps.limits.count(CODE, account, ip, deps.known_device(device, account))
    merchant_id = await deps.db.pool.fetchval("SELECT merchant_by_slug($1)", slug) or uuid4()
    async with deps.db.transaction(merchant_id) as session:
        recipient = await _who_has(session, merchant_id, email)
        # Without one the answer looks like every other: no code fits it.
        return _issue_code(session, deps, recipient, None) if recipient else uuid7()


async def start_with_code(deps: Dependencies, challenge_id: UUID, code: str, ip: str) -> Started:
    """Raises WrongCode, PortalOff, TooMany."""
    await deps.limits.take(CODE_BY_IP, network(ip))
    merchant_id = await deps.db.pool.fetchval("SELECT merchant_of_challenge($1)", challenge_id) or uuid4()
    # A transaction of its own: the attempt counts whatever follows.
    async with deps.db.transaction(merchant_id) as session:
        attempt = (await session.execute(_ATTEMPT, {"id": challenge_id})).one_or_none()
        right = attempt is not None and _is_right(deps, challenge_id, attempt.key_id, code)
        if attempt is not None and not right:
            note(session, merchant_id, SecurityEventKind.LOG_IN_FAILED, about=attempt.email, ip=ip)
    if not right:
        raise WrongCode
    async with deps.db.transaction(merchant_id) as session:
        await session_starts(session, merchant_id)
        if (await session.execute(_USE, {"id": challenge_id})).scalar_one_or_none() is None:
            raise WrongCode
        challenge = await session.get_one(Challenge, challenge_id)
        try:
            started = await start_session(
                session, deps, kind="portal", merchant_id=merchant_id, ip=ip, email=challenge.email,
                contact_id=challenge.contact_id, customer_id=challenge.customer_id,
            )  # fmt: skip
        except SessionEnded:
            # The address was taken away from the customer in the meantime.
            raise WrongCode from None
        note(
            session,
            merchant_id,
            SecurityEventKind.LOGGED_IN,
            actor=by_session(started.actor),
            about=challenge.email,
            ip=ip,
        )
        return started


def _is_right(deps: Dependencies, challenge_id: UUID, key_id: str, code: str) -> bool:
    try:
        expected = deps.secrets.code(challenge_id, key_id)
    except KeyError:
        return False
    digits = "".join(character for character in code if character in "0123456789")
    return compare_digest(expected, digits)


def _issue_code(
    session: AsyncSession, deps: Dependencies, recipient: Contact | Customer, customer_id: UUID | None
) -> UUID:
    """`customer_id`: None for every customer that has this address."""
    lifetime = timedelta(minutes=deps.settings.code_minutes)
    return issue(
        session, deps, recipient.merchant_id, kind="login_code", lifetime=lifetime, customer_id=customer_id,
        **mailed_to(recipient),
    ).id  # fmt: skip


async def _who_has(session: AsyncSession, merchant_id: UUID, email: str) -> Contact | Customer | None:
    contacts = select(Contact).where(
        Contact.merchant_id == merchant_id, Contact.email == email, Contact.access != "revoked"
    )
    contact = (await session.exec(contacts.order_by(col(Contact.created_at)))).first()
    if contact is not None:
        return contact
    revoked = select(Contact.customer_id).where(Contact.email == email, Contact.access == "revoked")
    customers = select(Customer).where(
        Customer.merchant_id == merchant_id, Customer.email == email, col(Customer.id).not_in(revoked)
    )
    return (await session.exec(customers.order_by(col(Customer.created_at)))).first()
