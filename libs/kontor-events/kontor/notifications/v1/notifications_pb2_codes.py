"""Generated from notifications.proto by make proto."""

from kontor_events.codes import Code


class MailState(Code):
    QUEUED = 'queued', 'on its way', '', '', 'way'
    SENT = 'sent', 'sent', '', '', 'paid'
    FAILED = 'failed', 'failed', '', '', 'late'
    BOUNCED = 'bounced', 'came back', '', '', 'late'
    SUPPRESSED = 'suppressed', 'not sent', '', '', 'idle'
