"""Which kinds of mails there are: the key under which a template is kept."""

from kontor_notifications.words import TYPE_NAMES

SHARED = "document_shared"
# Several documents released together, in one mail.
BUNDLE = "documents_shared"
INVITATION = "invitation"
CHALLENGES = ("password_reset", "login_code", "document_link", "email_change")
PAYMENTS = ("payment_received", "payment_pending", "payment_failed")
# Meter readings that a customer is asked for, or that cannot be right.
ASKED, REMINDED, REJECTED = "readings_asked", "readings_reminded", "reading_rejected"
READING_REQUESTS = (ASKED, REMINDED)

# In the order in which a settings page lists them.
KINDS: tuple[str, ...] = (
    *(f"{SHARED}:{document_type}" for document_type in TYPE_NAMES),
    BUNDLE,
    *PAYMENTS,
    *READING_REQUESTS,
    REJECTED,
    INVITATION,
    *CHALLENGES,
)
LANGUAGES = ("de", "en")


def template_kind(mail_kind: str, document_type: str = "", documents: int = 1) -> str:
    """The template of a mail: by document type where one document is shared."""
    if mail_kind != SHARED:
        return mail_kind
    if documents > 1:
        return BUNDLE
    return f"{SHARED}:{document_type if document_type in TYPE_NAMES else 'other'}"


def document_type(kind: str) -> str:
    """The document type a template is about; empty where it is about none, or about any."""
    return kind.partition(":")[2]
