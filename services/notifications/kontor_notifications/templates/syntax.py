"""Reading a template's text: words, placeholders, and [PORTAL]…[/PORTAL].

Anything in square brackets that looks like a name is meant as a placeholder; `[1]` or `[see below]` is plain text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kontor_notifications.kind import MailText
from kontor_notifications.placeholders import BLOCK, LINK, Placeholder
from kontor_service.errors import FieldError, Invalid
from kontor_service.i18n import N_

_MARK = re.compile(r"\[(/?[^\W\d][\w-]*(?:\.[\w-]+)?)\]")
# How long they may be, what may not be in them, and why.
_FIELDS = {
    "subject": (300, re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]"), N_("The subject is one line of text.")),
    "text": (
        20_000,
        re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]"),
        N_("There is a character in the text that mails cannot carry."),
    ),
}


# The template cannot be sent as it is; `errors` names each field and placeholder.
TemplateInvalid = Invalid.named("template_invalid", N_("Something in the text is not right."))


@dataclass(frozen=True)
class Words:
    text: str


@dataclass(frozen=True)
class Use:
    placeholder: Placeholder


Token = Words | Use
Line = list[Token]


def check(kind: MailText, subject: str, text: str) -> None:
    """Raises TemplateInvalid with everything that stands against sending this template."""
    found = [*_errors(kind, "subject", subject), *_errors(kind, "text", text)]
    if found:
        raise TemplateInvalid.of(found)


def lines(kind: MailText, text: str, *, portal: bool) -> list[Line]:
    """A subject or text line by line. Without the portal, what stands in [PORTAL]…[/PORTAL] is left out.

    The template has been checked: an unknown name in it raises KeyError.
    """
    known = kind.by_spelling
    inside = False
    found: list[Line] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        tokens: Line = []
        marks = 0
        for piece, mark in _pieces(line):
            if piece and (portal or not inside):
                tokens.append(Words(piece))
            if mark is None:
                continue
            if mark.lower() in ("portal", "/portal"):
                inside = not mark.startswith("/")
                marks += 1
            elif portal or not inside:
                tokens.append(Use(known[mark.lower()]))
        # A line of which only the marks, or nothing, is left takes no room.
        if tokens or (not marks and not (inside and not portal)):
            found.append(tokens)
    return found


def used(kind: MailText, subject: str, text: str, *, portal: bool) -> dict[str, Placeholder]:
    """The placeholders that will be filled in, by canonical name."""
    found = [*lines(kind, subject, portal=portal), *lines(kind, text, portal=portal)]
    return {token.placeholder.name: token.placeholder for line in found for token in line if isinstance(token, Use)}


def _pieces(line: str) -> Iterator[tuple[str, str | None]]:
    """Plain text and the name that follows it; None behind the last."""
    end = 0
    for match in _MARK.finditer(line):
        yield line[end : match.start()], match[1]
        end = match.end()
    yield line[end:], None


def _errors(kind: MailText, field: str, text: str) -> list[FieldError]:
    most, odd, why = _FIELDS[field]
    if not text.strip():
        return [error_at(field, "missing", N_("Please fill in this field."))]
    if len(text) > most:
        return [error_at(field, "too_long", N_("At most %(most)s characters are accepted here."), most=most)]
    if odd.search(text):
        return [error_at(field, "control_character", why)]
    found, opened = [], False
    for mark in (match[1] for match in _MARK.finditer(text)):
        known = kind.by_spelling.get(mark.lower())
        if field == "text" and mark.lower() in ("portal", "/portal"):
            closing = mark.startswith("/")
            if closing != opened:
                found.append(error_at(field, "portal_unbalanced", N_("[PORTAL] and [/PORTAL] do not match.")))
            opened = not closing
        elif known is None:
            unknown = N_("There is no placeholder [%(mark)s] in this kind of mail.")
            found.append(error_at(field, "unknown_placeholder", unknown, mark=mark))
        elif field == "subject" and known.form in (LINK, BLOCK):
            found.append(error_at(field, "not_in_subject", N_("[%(mark)s] cannot stand in a subject."), mark=mark))
    if opened:
        found.append(error_at(field, "portal_unbalanced", N_("[PORTAL] is not closed by [/PORTAL].")))
    return found


def error_at(field: str, code: str, message: str, **params: Any) -> FieldError:
    return {"field": field, "code": code, "message": message, "params": params}
