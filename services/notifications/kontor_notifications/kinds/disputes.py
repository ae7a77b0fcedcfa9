"""A payment is contested: to the staff who deal with payments, because the provider decides without them once the deadline is over."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from kontor.documents.v1.documents_pb2 import Document
from kontor.payments.v1.payments_pb2 import DisputeChanged, DisputeOpened
from kontor.payments.v1.payments_pb2_codes import DisputeReason, DisputeState, PaymentProvider
from kontor_notifications.kind import MailKind, Occasion
from kontor_notifications.mails.links import StaffLink
from kontor_notifications.placeholders import fields_of
from kontor_notifications.placeholders.people import link
from kontor_notifications.rendering.facts import Facts
from kontor_service.formats import moment, money
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _
from kontor_service.vocabulary import word


def _occasion(event: DisputeOpened | DisputeChanged) -> Occasion:
    told = event.dispute
    waits = told.state == DisputeState.NEEDS_RESPONSE and told.HasField("respond_by")
    return Occasion(
        customer_id=told.customer_id,
        document_ids=[told.document_id],
        document_number=told.document_number,
        reference_id=told.payment_id,
        data={
            "amount_minor": told.amount_minor,
            "currency": told.currency,
            "provider": told.provider,
            "reason": told.reason,
            "respond_by": told.respond_by.ToDatetime(UTC).isoformat() if waits else "",
            "is_inquiry": told.is_inquiry,
        },
    )


def _new_deadline(event: DisputeChanged) -> Occasion | None:
    """Payments tells of each deadline once; a change that sets none is the merchant's answer."""
    occasion = _occasion(event)
    return occasion if occasion.data and occasion.data["respond_by"] else None


def _sample(today: date, document: Document) -> dict[str, Any]:
    deadline = datetime(today.year, today.month, today.day, 12, tzinfo=UTC) + timedelta(days=7)
    return {
        "amount_minor": document.amount_due_minor, "currency": document.currency, "provider": "stripe", "reason": "not_received",
        "respond_by": deadline.isoformat(), "is_inquiry": False,
    }  # fmt: skip


def _provider(facts: Facts) -> str:
    return word(PaymentProvider, facts.data["provider"])


def _amount(facts: Facts) -> str:
    return money(facts.data["amount_minor"], facts.data["currency"], facts.language)


def _deadline(facts: Facts) -> str:
    """Empty where there is nothing to answer."""
    at = facts.data["respond_by"]
    return moment(datetime.fromisoformat(at), facts.language, facts.zone) if at else ""


def _money(facts: Facts) -> str:
    if facts.data.get("is_inquiry"):
        return _(
            "This is an inquiry so far: the money is still yours, and you can give it back yourself to avoid a dispute."
        )
    return _("Until it is decided, %(provider)s has taken the money back.", provider=_provider(facts))


def _next(facts: Facts) -> str:
    deadline, provider = _deadline(facts), _provider(facts)
    if deadline:
        return _("Please answer at %(provider)s by %(deadline)s.", provider=provider, deadline=deadline)
    return _("%(provider)s is deciding about it. There is nothing for you to do at present.", provider=provider)


_field = fields_of("Dispute", "Anfechtung")

_dispute = partial(
    MailKind,
    to_staff=True,
    staff_right="payments:book",
    links=StaffLink("/zahlungen/{mail.reference_id}"),
    documents=1,
    sample=_sample,
    own_placeholders=(
        _field("document", N_("Number of the document that was paid"), lambda f: f.document.state.number, "beleg"),
        _field("amount", N_("Amount that is disputed"), _amount, "betrag"),
        _field("provider", N_("The payment provider"), _provider, "anbieter"),
        _field("reason", N_("Why the payment is disputed"), lambda f: word(DisputeReason, f.data["reason"]), "grund"),
        _field("deadline", N_("Until when you can answer"), _deadline, "frist"),
        _field("money", N_("Where the money is, in a sentence"), _money, "geld"),
        _field("next", N_("What is to be done, in a sentence"), _next, "hinweis"),
        link(N_("Open in Kontor")),
    ),
)  # fmt: skip

KINDS = (
    _dispute(
        name="dispute_opened",
        label=N_("To you: payment disputed"),
        trigger=DisputeOpened,
        occasion=_occasion,
        words=(
            N_("Payment disputed: [Dispute.amount] for [Dispute.document]"),
            N_(
                "A payment of [Dispute.amount] for [Dispute.document] is disputed at [Dispute.provider]: [Dispute.reason]."
                " [Dispute.money]"
            ),
            "[Dispute.next]",
            "[Link]",
        ),
    ),
    _dispute(
        name="dispute_deadline",
        label=N_("To you: new deadline of a dispute"),
        trigger=DisputeChanged,
        occasion=_new_deadline,
        words=(
            N_("New deadline: disputed payment of [Dispute.amount] for [Dispute.document]"),
            N_(
                "[Dispute.provider] asks you once more about the disputed payment of [Dispute.amount] for [Dispute.document]:"
                " [Dispute.reason]."
            ),
            "[Dispute.next]",
            "[Link]",
        ),
    ),
)  # fmt: skip
