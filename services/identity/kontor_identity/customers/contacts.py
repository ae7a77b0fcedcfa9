"""Use cases of contact persons: keeping them, granting and revoking access (B1, B18)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.identity.v1 import identity_pb2 as pb
from kontor_identity.challenges import new_challenge, withdraw_challenges
from kontor_identity.customers.inputs import MOST_CONTACTS, ContactChange, ContactInput
from kontor_identity.customers.store import Held, changed, hold
from kontor_identity.dependencies import Dependencies
from kontor_identity.fields import apply
from kontor_identity.links.rules import why_closed
from kontor_identity.links.store import kill_links_of_contact, mailed_to
from kontor_identity.models import Challenge, Contact, Customer, Merchant
from kontor_identity.sessions.changes import contact_changed, grants_change
from kontor_identity.system_time import now
from kontor_service.commands import once
from kontor_service.errors import Conflict, Invalid
from kontor_service.events import instant
from kontor_service.i18n import N_

DuplicateContact = Conflict.named(
    "duplicate_email", N_("Another contact person of this customer has this e-mail address.")
)
AddressNeeded = Invalid.named("email_missing", N_("An invitation needs an e-mail address."))
AccessThere = Conflict.named("access_active", N_("This person has access already."))
PortalSwitchedOff = Conflict.named("portal_off", N_("The portal is switched off."))
TooManyContacts = Conflict.named("too_many_contacts", N_("A customer has at most %(most)s contact persons."))
# What a live session of the person's is told of.
VIEW_RIGHTS = ("may_accept", "document_types")


async def add_contact(
    deps: Dependencies, merchant_id: UUID, customer_id: UUID, wanted: ContactInput, key: str | None
) -> dict[str, Any]:
    """Raises CustomerMissing, DuplicateContact, TooManyContacts."""

    async def act(session: AsyncSession) -> dict[str, Any]:
        held = await hold(session, customer_id)
        check_count(held)
        _check_address(held, wanted.email)
        contact = new_contact(held.customer, wanted)
        held.contacts.append(contact)
        session.add(contact)
        await changed(session, held)
        return held.answer(contact_id=str(contact.id))

    asked = [str(customer_id), wanted.model_dump(mode="json")]
    return await once(deps.db, merchant_id, "contact", key, asked, act)


async def change_contact(
    deps: Dependencies, merchant_id: UUID, customer_id: UUID, contact_id: UUID, change: ContactChange
) -> dict[str, Any]:
    """A new address makes what the old one had worthless: links, open invitations, the log-in for this customer.

    Raises CustomerMissing, ContactMissing, DuplicateContact.
    """
    async with deps.db.transaction(merchant_id) as session:
        await grants_change(session, merchant_id)
        held = await hold(session, customer_id)
        contact = held.contact(contact_id)
        before = contact.email
        given = change.model_dump(exclude_none=True)
        if given.get("email", before) != before:
            _check_address(held, given["email"])
        if apply(contact, given):
            if contact.email != before:
                await _address_changed(session, contact, before)
            elif not given.keys().isdisjoint(VIEW_RIGHTS):
                await contact_changed(session, contact, emails=[contact.email])
            await changed(session, held)
    return held.answer(contact_id=str(contact.id), pushed=await deps.push.now(merchant_id))


async def invite_contact(
    deps: Dependencies, merchant_id: UUID, customer_id: UUID, contact_id: UUID, key: str | None
) -> dict[str, Any]:
    """Grants access, or sends the invitation again; an earlier invitation is worthless from now on.

    Raises CustomerMissing, ContactMissing, AddressNeeded, AccessThere, PortalSwitchedOff.
    """

    async def act(session: AsyncSession) -> dict[str, Any]:
        held = await hold(session, customer_id)
        contact = held.contact(contact_id)
        await _check_invitable(session, held.customer, contact)
        await _revoke_invitations(session, contact)
        invitation = new_challenge(
            deps, merchant_id, kind="invitation", lifetime=timedelta(days=deps.settings.invitation_days),
            customer_id=customer_id, **mailed_to(contact),
        )  # fmt: skip
        session.add(invitation)
        contact.access, contact.invited_at = "invited", invitation.created_at
        await changed(
            session, held, pb.ContactInvited, contact_id=str(contact.id), invitation_id=str(invitation.id),
            expires_at=instant(invitation.expires_at),
        )  # fmt: skip
        return held.answer(contact_id=str(contact.id), invitation_id=str(invitation.id))

    return await once(deps.db, merchant_id, "invite", key, [str(customer_id), str(contact_id)], act)


async def revoke_contact(deps: Dependencies, merchant_id: UUID, customer_id: UUID, contact_id: UUID) -> dict[str, Any]:
    """Ends the person's access to this customer at once: log-in, links, codes, open invitation."""
    async with deps.db.transaction(merchant_id) as session:
        await grants_change(session, merchant_id)
        held = await hold(session, customer_id)
        contact = held.contact(contact_id)
        if contact.access != "revoked":
            contact.access = "revoked"
            await _revoke_invitations(session, contact)
            await changed(session, held, pb.ContactAccessRevoked, contact_id=str(contact.id))
            await contact_changed(session, contact, emails=[contact.email])
    return held.answer(contact_id=str(contact.id), pushed=await deps.push.now(merchant_id))


def new_contact(customer: Customer, wanted: ContactInput) -> Contact:
    given = wanted.model_dump(exclude_none=True)
    language = given.pop("language", customer.language)
    return Contact(
        merchant_id=customer.merchant_id, customer_id=customer.id, language=language, created_at=now(), **given
    )


def check_count(held: Held) -> None:
    if len(held.contacts) >= MOST_CONTACTS:
        raise TooManyContacts(most=MOST_CONTACTS)


def _check_address(held: Held, email: str) -> None:
    if email and any(contact.email == email for contact in held.contacts):
        raise DuplicateContact(field="email")


async def _check_invitable(session: AsyncSession, customer: Customer, contact: Contact) -> None:
    if not contact.email:
        raise AddressNeeded(field="email")
    if contact.access == "active":
        raise AccessThere
    merchant = await session.get_one(Merchant, customer.merchant_id)
    if why_closed(merchant, customer):
        raise PortalSwitchedOff(N_("Switch the portal on for this customer first."))


async def _address_changed(session: AsyncSession, contact: Contact, before: str) -> None:
    """Another mailbox is another person until it has been invited: the log-in of the old one ends here, too."""
    await _revoke_invitations(session, contact)
    await kill_links_of_contact(session, contact)
    await contact_changed(session, contact, emails=[before, contact.email])
    if contact.access in ("invited", "active"):
        contact.access, contact.user_id = "none", None


async def _revoke_invitations(session: AsyncSession, contact: Contact) -> None:
    await withdraw_challenges(session, Challenge.kind == "invitation", Challenge.contact_id == contact.id)
