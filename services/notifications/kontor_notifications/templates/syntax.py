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
LONGEST_SUBJECT, LONGEST_TEXT = 300, 20_000


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
    found = [*_subject_errors(kind, subject), *_text_errors(kind, text)]
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


def _marks(text: str) -> Iterator[str]:
    return (match[1] for match in _MARK.finditer(text))


def _subject_errors(kind: MailText, subject: str) -> list[FieldError]:
    if not subject.strip():
        return [error_at("subject", "missing", N_("Please fill in this field."))]
    if len(subject) > LONGEST_SUBJECT:
        return [
            error_at("subject", "too_long", N_("At most %(most)s characters are accepted here."), most=LONGEST_SUBJECT)
        ]
    if re.search(r"[\x00-\x1f\x7f\u2028\u2029]", subject):
        return [error_at("subject", "control_character", N_("The subject is one line of text."))]
    found = []
    for mark in _marks(subject):
        known = kind.by_spelling.get(mark.lower())
        if known is None:
            found.append(_unknown("subject", mark))
        elif known.form in (LINK, BLOCK):
            found.append(error_at("subject", "not_in_subject", N_("[%(mark)s] cannot stand in a subject."), mark=mark))
    return found


def _text_errors(kind: MailText, text: str) -> list[FieldError]:
    if not text.strip():
        return [error_at("text", "missing", N_("Please fill in this field."))]
    if len(text) > LONGEST_TEXT:
        return [error_at("text", "too_long", N_("At most %(most)s characters are accepted here."), most=LONGEST_TEXT)]
    found, opened = [], False
    for mark in _marks(text):
        if mark.lower() in ("portal", "/portal"):
            closing = mark.startswith("/")
            if closing != opened:
                found.append(error_at("text", "portal_unbalanced", N_("[PORTAL] and [/PORTAL] do not match.")))
            opened = not closing
        elif mark.lower() not in kind.by_spelling:
            found.append(_unknown("text", mark))
    if opened:
        found.append(error_at("text", "portal_unbalanced", N_("[PORTAL] is not closed by [/PORTAL].")))
    return found


def _unknown(field: str, mark: str) -> FieldError:
    return error_at(
        field, "unknown_placeholder", N_("There is no placeholder [%(mark)s] in this kind of mail."), mark=mark
    )


def error_at(field: str, code: str, message: str, **params: Any) -> FieldError:
    return {"field": field, "code": code, "message": message, "params": params}
