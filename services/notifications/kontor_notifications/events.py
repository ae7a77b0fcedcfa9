"""From our rows to the states of the bus contract."""

from kontor.notifications.v1 import notifications_pb2 as contract
from kontor_notifications.models import Mail, Template
from kontor_service.events import instant


def mail_state(mail: Mail) -> contract.Mail:
    """The mail as the log shows it: no body, no link, no words of staff."""
    documents = [str(document) for document in mail.document_ids]
    return contract.Mail(
        id=str(mail.id),
        merchant_id=str(mail.merchant_id),
        epoch=mail.epoch,
        version=mail.version,
        kind=mail.kind,
        recipient=mail.recipient,
        subject=mail.subject,
        state=mail.state,
        document_id=documents[0] if documents else "",
        document_ids=documents,
        document_number=mail.document_number,
        customer_id=str(mail.customer_id or ""),
        attempts=mail.attempts,
        error=mail.error,
        created_at=instant(mail.created_at),
        sent_at=instant(mail.sent_at),
        next_attempt_at=instant(mail.next_attempt_at) if mail.state == "queued" else None,
        message_id=mail.message_id,
        resend_of=str(mail.resend_of or ""),
    )


def template_state(template: Template) -> contract.Template:
    return contract.Template(
        id=str(template.id),
        merchant_id=str(template.merchant_id),
        epoch=template.epoch,
        version=template.version,
        deleted=template.deleted,
        kind=template.kind,
        language=template.language,
        subject=template.subject,
        text=template.text,
    )
