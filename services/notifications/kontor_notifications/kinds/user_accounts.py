"""Access to the portal: an invitation, and what somebody asks for who wants to get in."""

from datetime import UTC
from functools import partial

from kontor.identity.v1.identity_pb2 import (
    ChallengeIssued,
    ContactAccessActivated,
    ContactInvited,
    Customer,
    Merchant,
    SecurityEventRecorded,
)
from kontor.identity.v1.identity_pb2_codes import SecurityEventKind
from kontor_bus import Poison
from kontor_notifications.kind import MailKind, Occasion
from kontor_notifications.mails.links import OneTimeSecret
from kontor_notifications.mails.recipients import Recipient, is_address, recipient_of
from kontor_notifications.placeholders import BLOCK, LINK, word
from kontor_notifications.placeholders.people import SHAREHUB_LINK, VALID_UNTIL, link
from kontor_notifications.rendering.facts import Facts
from kontor_notifications.rendering.values import Button, Code, Value
from kontor_service.formats import moment
from kontor_service.i18n import N_, language_of
from kontor_service.i18n import gettext as _
from kontor_service.vocabulary import word as code_word


def _invited(event: ContactInvited) -> Occasion:
    return Occasion(
        customer_id=event.customer.id, reference_id=event.invitation_id, expires_at=event.expires_at
    )  # fmt: skip


def _activated(event: ContactAccessActivated) -> Occasion:
    return Occasion(customer_id=event.customer.id)


def _contact(event: ContactInvited | ContactAccessActivated, customer: Customer, merchant: Merchant) -> list[Recipient]:
    contact = next((one for one in event.customer.contacts if one.id == event.contact_id), None)
    if contact is None or not is_address(contact.email):
        return []
    return [recipient_of(contact.email, event.customer, merchant)]


def _applicant(event: ChallengeIssued, _customer: Customer, merchant: Merchant) -> list[Recipient]:
    challenge = event.challenge
    return [Recipient(challenge.email, language_of(challenge.language, merchant.language), challenge.name)]


def _portal(facts: Facts) -> Value:
    return Button(facts.portal_url, _("Open the customer portal")) if facts.portal else ""


def _code(facts: Facts) -> Value:
    return Code(facts.secrets.code) if facts.secrets.code else ""


def _challenged(kind: str, event: ChallengeIssued) -> Occasion | None:
    challenge = event.challenge
    if challenge.kind not in {one.name for one in KINDS if one.security}:
        raise Poison(f"there is no mail for a challenge of the kind {challenge.kind}")
    if challenge.kind != kind:
        return None
    return Occasion(customer_id=challenge.customer_id, reference_id=challenge.id, expires_at=challenge.expires_at)


def _noted(event: SecurityEventRecorded) -> Occasion:
    return Occasion(
        data={
            "kind": event.security_event.kind,
            "at": event.security_event.at.ToDatetime(UTC).isoformat(),
            "ip": event.security_event.ip,
        }
    )


def _told(event: SecurityEventRecorded, _customer: Customer, merchant: Merchant) -> list[Recipient]:
    return [Recipient(one.email, language_of(one.language, merchant.language), one.name) for one in event.recipients]


def _event_at(facts: Facts) -> str:
    at = moment(facts.data["at"], facts.language, facts.zone)
    return f"{at} ({facts.data['ip']})" if facts.data["ip"] else at


_challenge = partial(
    MailKind,
    trigger=ChallengeIssued,
    recipients=_applicant,
    links=OneTimeSecret("/v1/challenges/{}/secret"),
    security=True,
)

KINDS = (
    MailKind(
        name="invitation",
        label=N_("Invitation"),
        trigger=ContactInvited,
        own_placeholders=(link(N_("Set up access")), VALID_UNTIL),
        words=(
            N_("Your access to the customer portal of [Company.name]"),
            N_(
                "[Company.name] has set up a customer portal for you. It keeps all your documents in one place, to "
                "download and, for invoices, to pay. Choose a password to get started."
            ),
            "[Link]",
            N_("The link is valid until [Link.valid_until]."),
        ),
        occasion=_invited,
        recipients=_contact,
        links=OneTimeSecret("/v1/challenges/{}/secret"),
    ),
    MailKind(
        name="access_activated",
        label=N_("Access activated"),
        trigger=ContactAccessActivated,
        occasion=_activated,
        recipients=_contact,
        own_placeholders=(
            word("Link", N_("The address of the customer portal"), _portal, "Link", SHAREHUB_LINK, form=LINK),
        ),
        words=(
            N_("Your access to [Company.name] is ready"),
            N_(
                "Your access to the customer portal of [Company.name] is now active. You see the documents of [Client.name]"
                " there. Log in with [Contact.email] and your password."
            ),
            "[Link]",
            N_("If it was not you who set up this access, please tell us."),
        ),
    ),
    _challenge(
        name="password_reset",
        label=N_("Password"),
        occasion=partial(_challenged, "password_reset"),
        own_placeholders=(link(N_("Choose a new password")), VALID_UNTIL),
        words=(
            N_("Your password at [Company.name]"),
            N_("Choose a new password for your access at [Company.name] here."),
            "[Link]",
            N_("The link is valid until [Link.valid_until]."),
            N_("If you did not ask for this, there is nothing to do: everything stays as it is."),
        ),
    ),
    _challenge(
        name="login_code",
        label=N_("Log-in code"),
        occasion=partial(_challenged, "login_code"),
        own_placeholders=(word("Code", N_("The log-in code"), _code, form=BLOCK), VALID_UNTIL),
        words=(
            N_("Your log-in code for [Company.name]"),
            N_("This code shows you all your documents:"),
            "[Code]",
            N_("It is valid until [Link.valid_until]."),
            N_("Only enter it on the page where you asked for it. We will never ask you for it."),
        ),
    ),
    _challenge(
        name="document_link",
        label=N_("New link"),
        occasion=partial(_challenged, "document_link"),
        own_placeholders=(link(N_("View document")), VALID_UNTIL),
        words=(
            N_("Your new link from [Company.name]"),
            N_("Here is the new link you asked for."),
            "[Link]",
            N_("It is valid until [Link.valid_until]."),
            N_("The link opens the document without logging in. Please keep it to yourself."),
        ),
    ),
    MailKind(
        name="security_notice",
        label=N_("Security notice"),
        trigger=SecurityEventRecorded,
        occasion=_noted,
        recipients=_told,
        own_placeholders=(
            word("Event", N_("What has happened"), lambda f: code_word(SecurityEventKind, f.data["kind"]), "Ereignis"),
            word("Event.at", N_("When, and from which address"), _event_at, "Ereignis.Zeit"),
        ),
        sample=lambda today, _document: {"kind": "bank_changed", "at": f"{today}T08:15:00+00:00", "ip": "192.0.2.7"},
        words=(
            N_("[Event]: your access at [Company.name]"),
            N_("[Event]: [Event.at]."),
            N_("If this was you, there is nothing to do. Otherwise please choose a new password now, and tell us."),
        ),
    ),
    _challenge(
        name="email_change",
        label=N_("New e-mail address"),
        occasion=partial(_challenged, "email_change"),
        own_placeholders=(link(N_("Confirm address")), VALID_UNTIL),
        words=(
            N_("Please confirm your new address"),
            N_("This address is to be used for your access at [Company.name] from now on. Please confirm."),
            "[Link]",
            N_("The link is valid until [Link.valid_until]. If it was not you, there is nothing to do."),
        ),
    ),
)
