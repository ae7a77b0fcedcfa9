"""What the recipient of a mail about a quote may do with it."""

from kontor.identity.v1.identity_pb2 import ContactPerson
from kontor_notifications.placeholders import fields_of
from kontor_notifications.rendering.facts import Facts
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _


def _next(facts: Facts) -> str:
    """Nothing for a quote without an end. Who is no contact person may accept, as the customer itself."""
    if not facts.document.state.valid_until:
        return ""
    online = any(one.type == "quote" and one.can_accept for one in facts.merchant.document_types)
    person = next((one for one in facts.customer.contacts if one.email.casefold() == facts.recipient.casefold()), None)
    if online and (person is None or person.may_accept):
        return _("Until then you can choose, ask and accept it online.")
    if online and any(_accepts(one) for one in facts.customer.contacts):
        return _("Until then you can look at it online, ask, and forward it to somebody who may accept it.")
    return _("Until then you can look at it online and ask.")


def _accepts(one: ContactPerson) -> bool:
    return one.may_accept and bool(one.email) and one.access != "revoked"


QUOTE_NEXT = fields_of("Document", "Dokument", "Quote", "Offer", "Angebot")(
    "next", N_("What the recipient can do with the quote, in a sentence"), _next, "hinweis"
)
