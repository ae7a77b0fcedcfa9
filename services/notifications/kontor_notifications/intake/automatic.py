"""Mails that no person wrote to us: they are not taken in, so that two machines never answer each other. What only may be
one waits for staff."""

import re
from email.message import EmailMessage

_NOT_BY_HAND = re.compile(r"\s*(?:bulk|junk|list|auto[_-]?reply)\s*", re.IGNORECASE)
_MACHINE = re.compile(r"(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)(?:[+-][^@]*)?@", re.IGNORECASE)
# Where a program answers for somebody who is away and says so in the subject alone.
_AWAY = re.compile(
    r"\s*(?:Automatische Antwort|Automatic reply|Auto[- ]?reply|Autoreply|Abwesenheits(?:notiz|nachricht|assistent|meldung)|Abwesend"
    r"|Out of (?:the )?office|Urlaubsvertretung|Nicht im (?:Haus|Büro))\b",
    re.IGNORECASE,
)
# Written by mailing lists and by programs that answer for somebody.
_MARKS = (
    "List-Id",
    "X-Autoreply",
    "X-Autorespond",
    "X-Loop",
)
# On what persons write, too: mail servers, ticket systems and programs for customer care add them.
_DOUBTFUL = ("X-Auto-Response-Suppress", "List-Unsubscribe", "Feedback-ID")


def is_doubtful(message: EmailMessage) -> bool:
    """Whether a header hints at an automatic mail that a person may have sent as well: staff decide."""
    return any(message.get(mark) is not None for mark in _DOUBTFUL)


def why_automatic(message: EmailMessage, sender: str, subject: str, return_path: str | None, domain: str) -> str:
    """The sign by which a mail is one of a machine, for the log; empty for one of a person (RFC 3834, RFC 5321).

    `return_path` is the envelope's sender, None where it is not known; `domain` ends our own Message-IDs.
    """
    if return_path == "" or str(message.get("Return-Path") or "").strip() == "<>":
        return "null return path"
    if str(message.get("Auto-Submitted") or "no").partition(";")[0].strip().casefold() != "no":
        return "Auto-Submitted"
    if _NOT_BY_HAND.fullmatch(str(message.get("Precedence") or "")):
        return "Precedence"
    if str(message.get("Message-ID") or "").strip().casefold().endswith(f"@{domain.casefold()}>"):
        return "our own Message-ID"
    if message.get_content_type() == "multipart/report":
        return "multipart/report"
    marks = [mark for mark in _MARKS if message.get(mark) is not None]
    if marks:
        return marks[0]
    if _MACHINE.match(sender):
        return "sender"
    return "subject" if _AWAY.match(subject) else ""
