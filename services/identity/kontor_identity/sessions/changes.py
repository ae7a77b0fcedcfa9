"""When grants change, the sessions they concern get a new version, which is then pushed to the edges.

Starting a session and changing grants exclude each other per merchant: otherwise a session that starts while
a grant is being revoked could be missed by the revocation.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_identity.models import Contact, PortalUser, Staff
from kontor_service.locks import lock_merchant

_LOCK = "sessions and grants"
_LIVE = "expires_at > now() AND revoked_at IS NULL"


async def grants_change(session: AsyncSession, merchant_id: UUID) -> None:
    """To be called first, before any row is locked, by what takes something away from somebody.

    It may start a session itself, too.
    """
    await lock_merchant(session, merchant_id, what=_LOCK)


async def session_starts(session: AsyncSession, merchant_id: UUID) -> None:
    """To be called first by what starts a session."""
    await lock_merchant(session, merchant_id, what=_LOCK, shared=True)


async def portal_access_changed(session: AsyncSession, merchant_id: UUID) -> None:
    await _touch(session, "merchant_id = :merchant AND kind <> 'staff'", merchant=merchant_id)


async def customer_changed(session: AsyncSession, customer_id: UUID, *, emails: Sequence[str]) -> None:
    """`emails`: the customer's own address before and after; with those of its contact persons, mailed codes open it."""
    await _touch(
        session,
        "(customer_id = :customer OR user_id IN (SELECT user_id FROM contact WHERE customer_id = :customer)"
        " OR kind = 'portal' AND user_id IS NULL"
        " AND (email = ANY (:emails) OR email IN (SELECT email FROM contact WHERE customer_id = :customer)))",
        customer=customer_id, emails=_known(emails),
    )  # fmt: skip


async def contact_changed(session: AsyncSession, contact: Contact, *, emails: Sequence[str]) -> None:
    await _touch(
        session,
        "(contact_id = :contact OR user_id = :user OR link_id IN (SELECT id FROM link WHERE contact_id = :contact)"
        " OR kind = 'portal' AND user_id IS NULL AND email = ANY (:emails))",
        contact=contact.id, user=contact.user_id, emails=_known(emails),
    )  # fmt: skip


async def link_changed(session: AsyncSession, link_ids: Sequence[UUID]) -> None:
    await _touch(session, "link_id = ANY (:links)", links=list(link_ids))


async def person_changed(session: AsyncSession, person_id: UUID) -> None:
    await _touch(session, ":person IN (staff_id, user_id)", person=person_id)


async def end_sessions(session: AsyncSession, person: Staff | PortalUser, *, but: UUID | None = None) -> None:
    """Ends all sessions of a person, but one: by password, by codes mailed to them, by links mailed to them."""
    await session.execute(
        text(
            f"UPDATE session SET revoked_at = now(), version = version + 1 WHERE {_LIVE}"
            " AND (:person IN (staff_id, user_id) OR contact_id IN (SELECT id FROM contact WHERE user_id = :person)"
            " OR kind = :kind AND user_id IS NULL AND email = :email) AND id IS DISTINCT FROM :but"
        ),
        {
            "person": person.id, "email": person.email, "but": but,
            "kind": "portal" if isinstance(person, PortalUser) else "staff",
        },
    )  # fmt: skip


async def _touch(session: AsyncSession, which: str, **values: Any) -> None:
    await session.flush()
    await session.execute(text(f"UPDATE session SET version = version + 1 WHERE {_LIVE} AND {which}"), values)


def _known(emails: Sequence[str]) -> list[str]:
    return sorted({email for email in emails if email})
