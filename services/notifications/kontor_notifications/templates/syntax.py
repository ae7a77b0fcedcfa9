"""Reading a template's text: words, placeholders, and [PORTAL]…[/PORTAL].

Anything in square brackets that looks like a name is meant as a placeholder; `[1]` or `[see below]` is plain text. Texts
from orgaMAX keep their spelling: [SHAREHUB]…[/SHAREHUB] for the portal block, <SHAREHUBLINK> for the mail's link.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from kontor_notifications.kind import MailText
from kontor_notifications.placeholders import BLOCK, LINK, Placeholder
from kontor_service.errors import FieldError, Invalid
from kontor_service.i18n import N_

_MARK = re.compile(r"\[(/?[^\W\d][\w-]*(?:\.[\w-]+)?)\]|<(SHAREHUBLINK)>", re.IGNORECASE)
_PORTAL_BLOCKS = ("portal", "sharehub")
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
            if _is_portal_block(mark):
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


def marks(text: str) -> list[str]:
    """What stands in brackets there, as it is written."""
    return [match[1] or match[2] for match in _MARK.finditer(text)]


def _is_portal_block(mark: str) -> bool:
    return mark.lower().removeprefix("/") in _PORTAL_BLOCKS


def _pieces(line: str) -> Iterator[tuple[str, str | None]]:
    """Plain text and the name that follows it; None behind the last."""
    end = 0
    for match in _MARK.finditer(line):
        yield line[end : match.start()], match[1] or match[2]
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
    found, opened = [], ""
    for mark in marks(text):
        known = kind.by_spelling.get(mark.lower())
        if field == "text" and _is_portal_block(mark):
            closing, name = mark.startswith("/"), mark.removeprefix("/").upper()
            if (closing and opened != name) or (opened and not closing):
                message = N_("[%(block)s] and [/%(block)s] do not match.")
                found.append(error_at(field, "portal_unbalanced", message, block=opened or name))
            opened = "" if closing else name
        elif known is None:
            found.append(_unknown(kind, field, mark))
        elif field == "subject" and known.form in (LINK, BLOCK):
            found.append(error_at(field, "not_in_subject", N_("[%(mark)s] cannot stand in a subject."), mark=mark))
    if opened:
        message = N_("[%(block)s] is not closed by [/%(block)s].")
        found.append(error_at(field, "portal_unbalanced", message, block=opened))
    return found


def _unknown(kind: MailText, field: str, mark: str) -> FieldError:
    """With the placeholder that was probably meant, in the spelling that is nearest."""
    known = {spelling.lower(): spelling for one in kind.placeholders for spelling in one.spellings}
    near = get_close_matches(mark.lower(), known, n=1, cutoff=0.6)
    if not near:
        unknown = N_("There is no placeholder [%(mark)s] in this kind of mail.")
        return error_at(field, "unknown_placeholder", unknown, mark=mark)
    meant = N_("There is no placeholder [%(mark)s] in this kind of mail. Did you mean [%(near)s]?")
    return error_at(field, "unknown_placeholder", meant, mark=mark, near=known[near[0]])


def error_at(field: str, code: str, message: str, **params: Any) -> FieldError:
    return {"field": field, "code": code, "message": message, "params": params}
