"""Generated from notifications.proto by make proto."""

from kontor_events.codes import Code


class IncomingState(Code):
    RECEIVED = 'received', 'becomes a comment', '', '', 'way'
    OPEN = 'open', 'to be assigned', '', '', 'open'
    DELIVERED = 'delivered', 'is a comment', '', '', 'paid'
    DISCARDED = 'discarded', 'discarded', '', '', 'idle'


class IncomingReason(Code):
    OTHER_SENDER = 'other_sender', 'It answers a mail that went to somebody else.'
    NO_REPLY_ADDRESS = 'no_reply_address', 'It answers none of your mails about a document.'
    SEVERAL_DOCUMENTS = 'several_documents', 'It answers a mail about several documents.'
    NOT_TAKEN = 'not_taken', 'It could not become a comment: %(reason)s'
    FILE_REFUSED = 'file_refused', 'A file came with it that is not accepted: %(file)s'
    TOO_LARGE = 'too_large', 'It is too large: it stays in the mailbox.'
    EMPTY = 'empty', 'Nothing was written in it.'
    MAYBE_AUTOMATIC = 'maybe_automatic', 'A program may have written it.'


class MailState(Code):
    QUEUED = 'queued', 'on its way', '', '', 'way'
    SENT = 'sent', 'sent', '', '', 'paid'
    FAILED = 'failed', 'failed', '', '', 'late'
    BOUNCED = 'bounced', 'bounced', '', '', 'late'
    SUPPRESSED = 'suppressed', 'not sent', '', '', 'idle'


class MailError(Code):
    NO_ADDRESS = 'no_address', 'Neither a contact person nor the customer has an e-mail address for this.'
    ADDRESS_INVALID = 'address_invalid', '“%(address)s” is no e-mail address.'
    UNREACHABLE = 'unreachable', 'The mail server cannot be reached: %(answer)s'
    PUT_OFF = 'put_off', 'The mail server does not accept it now: %(answer)s'
    REFUSED = 'refused', 'The mail server refuses it: %(answer)s'
    TEXT_INVALID = 'text_invalid', 'Its text cannot be sent: %(reason)s'
    OWNER_REFUSED = 'owner_refused', 'What the mail needs could not be obtained: %(reason)s'
    EXPIRED = 'expired', 'The link or code had expired before the mail could be sent.'
    CUSTOMER_DELETED = 'customer_deleted', 'The customer has been deleted.'
    NOT_SHARED = 'not_shared', 'The document was withdrawn or cancelled before the mail went out.'
    NOT_NEEDED = 'not_needed', 'The readings had arrived, or were no longer needed, before the mail went out.'
    NOT_KNOWN_YET = 'not_known_yet', 'What the mail is about is not known here yet.'
    RELEASE_UNKNOWN = 'release_unknown', "The document's release is not known yet."
    INTERNAL = 'internal', 'A fault of Kontor: %(answer)s'
    COMMENTS_READ = 'comments_read', 'What was written had been read or taken back before the mail went out.'
    SPLIT = 'split', 'Its documents go out one by one, because one of them cannot be sent now.'
