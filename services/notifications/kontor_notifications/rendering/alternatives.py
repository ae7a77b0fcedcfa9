"""A mail's two alternatives: HTML (tables and inline styles for old clients, a dark scheme for those that know one), and plain
text that is readable by itself."""

import re
from collections.abc import Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from kontor_notifications.rendering.blocks import Block, Paragraph
from kontor_notifications.rendering.facts import Facts
from kontor_service.theme import HEX, theme

_DEFAULT_ACCENT = "#0b5d4e"
_ADDRESS = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]]")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("kontor_notifications", "rendering"),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["linked"] = _linked
    environment.filters["kind"] = lambda block: type(block).__name__
    return environment


def to_plain(blocks: Sequence[Block], footer: Sequence[str]) -> str:
    return _environment().get_template("mail.txt.j2").render(blocks=blocks, footer=footer)


def to_html(blocks: Sequence[Block], footer: Sequence[str], facts: Facts, *, subject: str, logo: str | None) -> str:
    """`logo` is the address of the picture (cid: or data:), None shows the name."""
    accent = facts.merchant.accent_color
    light, dark = theme(accent if HEX.match(accent) else _DEFAULT_ACCENT)
    template = _environment().get_template("mail.html.j2")
    return template.render(
        blocks=blocks, footer=footer, subject=subject, preview=_preview(blocks), brand=facts.merchant.name, logo=logo,
        language=facts.language, light=light, dark=dark,
    )  # fmt: skip


def _preview(blocks: Sequence[Block]) -> str:
    """What a mailbox shows beside the subject: the first thing said after the greeting."""
    paragraphs = [block for block in blocks if isinstance(block, Paragraph)]
    for paragraph in paragraphs[1:2] or paragraphs[:1]:
        lines = ("".join(part for part in line if isinstance(part, str)) for line in paragraph.lines)
        return " ".join(lines)[:140]
    return ""


def _linked(text: str) -> Markup:
    """Text with the web addresses in it made into links."""
    result, end = Markup(""), 0
    for match in _ADDRESS.finditer(text):
        result += escape(text[end : match.start()])
        result += Markup('<a href="{0}" class="ink" style="color:inherit">{0}</a>').format(match[0])
        end = match.end()
    return result + escape(text[end:])
