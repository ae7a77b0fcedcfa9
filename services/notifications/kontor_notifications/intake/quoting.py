"""The new part of an answer: without the mail that it quotes, and without the signature.

mail-parser-reply knows how mail programs introduce what they quote. Here stands what it does not know, and a narrower idea of
where a signature begins: it takes every line that starts with "Thanks," or "- " for one, and with it all that follows.
"""

import re

from mailparser_reply.constants import MAIL_LANGUAGES
from mailparser_reply.parser import EmailMessage

# Nobody writes more by hand, and no line above a quotation is longer: the library's patterns take cubic time on long ones.
_LONGEST = 20_000
_LONGEST_LINE = 200
_LANGUAGES = ("de", "en")
# -----Ursprüngliche Nachricht----- (Outlook, Samsung); a line of underscores (Outlook on telephones);
# Wagner <w@example.org> schrieb am Fr., 27. Nov. 2026, 14:03: (Gmail on telephones, in up to three lines)
_QUOTATION = re.compile(
    r"^-{2,} ?(?:Ursprüngliche Nachricht|Originalnachricht|Weitergeleitete Nachricht|Original Message|Forwarded message) ?-{2,}$"
    r"|^_{20,}\n+(?=Von:|From:)"
    r"|^Gesendet: [^\n]+\n(?=Von: )"
    r"|^[^\n>]{0,200}<\n?[^\s<>]{3,254}> schrieb am\s[^\n]{6,40}:$",
    re.MULTILINE | re.IGNORECASE,
)
_FORMULAS = "|".join(
    (
        *(formula.rstrip(",") for language in _LANGUAGES for formula in MAIL_LANGUAGES[language]["signatures"]),
        r"(?:Mit )?(?:freundlich|herzlich|schön|best|viel|lieb)e[mnrs]? Gr(?:ü|ue)(?:ß|ss)(?:en?)?",
        "MfG|LG|VG|Regards|Cheers|Yours sincerely",
    )
)
# A formula on a line of its own, perhaps with a place or a short name; what telephones and programs write about themselves.
_SIGNATURE = re.compile(
    rf"(?<!\A)^(?:--|(?:{_FORMULAS})(?: (?:aus|from) [^\n]{{1,40}}| \w+)?[,.!]?|Von meine[^\n]{{1,60}} gesendet\.?"
    r"|(?:Diese Nachricht wurde von meine|Gesendet (?:von|mit|aus) |Sent (?:from|with) |Get Outlook for|Holen Sie sich Outlook)"
    r"[^\n]{1,80})$"
    r"[\s\S]*",
    re.MULTILINE | re.IGNORECASE,
)


def new_part(text: str) -> str:
    """What the sender wrote themselves; empty where there is nothing but a quotation."""
    stripped = "\n".join(map(str.strip, text[:_LONGEST].splitlines()))
    lines = _QUOTATION.split(stripped, maxsplit=1)[0].strip().split("\n")
    shortened = "\n".join(line[:_LONGEST_LINE] for line in lines)
    newest = EmailMessage(text=shortened, languages=list(_LANGUAGES), _signature_regex=_SIGNATURE).read().replies[0]
    if newest.headers:
        return ""
    written = "\n".join(lines[: newest.content.count("\n") + 1])
    # Below a formula at the top there may be all the rest: better too much than nothing.
    return _without_quoted_lines(_SIGNATURE.sub("", written)) or _without_quoted_lines(written)


def _without_quoted_lines(text: str) -> str:
    lines = [line for line in text.split("\n") if not line.startswith(">")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
