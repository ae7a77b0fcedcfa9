"""Domain → contract, and what notifications publishes."""

from kontor.notifications.v1 import notifications_pb2 as contract
from kontor_notifications.kinds import kinds
from kontor_notifications.models import IncomingMail, Mail
from kontor_service.aggregates import Published, each
from kontor_service.events import state_of


def mail_state(mail: Mail) -> contract.Mail:
    """The mail as the log shows it: no body, no link, no words of staff."""
    kind = kinds().get(mail.kind)
    return state_of(
        contract.Mail,
        mail,
        label=kind.label if kind else mail.kind,
        security=kind is not None and kind.security,
        document_id=mail.document_ids[0] if mail.document_ids else None,
        next_attempt_at=mail.next_attempt_at if mail.state == "queued" else None,
    )


AGGREGATES = (Published(Mail, contract.Mail, each(mail_state)), Published(IncomingMail, contract.IncomingMail))
