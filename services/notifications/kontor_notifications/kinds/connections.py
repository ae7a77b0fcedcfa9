"""A payment provider refuses the merchant's account: to the merchant, whose customers cannot pay with it any more."""

from datetime import date
from typing import Any

from kontor.documents.v1.documents_pb2 import Document
from kontor.payments.v1.payments_pb2 import ConnectionNeedsAttention
from kontor.payments.v1.payments_pb2_codes import ConnectionProblem, PaymentProvider
from kontor_notifications.kind import MailKind, Occasion
from kontor_notifications.placeholders import fields_of
from kontor_service.i18n import N_
from kontor_service.vocabulary import long, word


def _occasion(event: ConnectionNeedsAttention) -> Occasion:
    told = event.connection
    account = told.display_name or told.account
    return Occasion(data={"provider": told.provider, "account": account, "problem": told.problem})


def _sample(_today: date, _document: Document) -> dict[str, Any]:
    return {"provider": "stripe", "account": "Muster GmbH", "problem": "key_revoked"}


_field = fields_of("Connection", "Anbindung")

KINDS = (
    MailKind(
        name="connection_refused",
        label=N_("To you: payment provider refuses access"),
        trigger=ConnectionNeedsAttention,
        occasion=_occasion,
        to_staff=True,
        sample=_sample,
        own_placeholders=(
            _field(
                "provider", N_("The payment provider"), lambda f: word(PaymentProvider, f.data["provider"]), "anbieter"
            ),
            _field("account", N_("The account at the provider"), lambda f: f.data["account"], "konto"),
            _field(
                "problem",
                N_("Why access is refused, in a sentence"),
                lambda f: long(ConnectionProblem, f.data["problem"]),
                "grund",
            ),
        ),
        words=(
            N_("[Connection.provider]: please connect your account again"),
            N_(
                "[Connection.provider] refuses access to your account [Connection.account]. [Connection.problem] Until you"
                " connect it again, your customers cannot pay with it."
            ),
            N_("In Kontor, please open Settings, Payments and choose [Connection.provider] there."),
        ),
    ),
)
