"""The plain text alternative: readable by itself, without a trace of the HTML."""

from collections.abc import Sequence

from kontor_notifications.rendering.blocks import Anchor, Block, Inline, Paragraph
from kontor_notifications.rendering.values import Button, Code, Entries, Entry, Rows


def to_plain(blocks: Sequence[Block], footer: Sequence[str]) -> str:
    """Paragraphs with a blank line between; the footer under a signature mark (RFC 3676, 4.3)."""
    body = "\n\n".join(_plain(block) for block in blocks)
    return f"{body}\n\n-- \n" + "\n".join(footer) + "\n"


def _plain(block: Block) -> str:
    match block:
        case Paragraph(lines):
            return "\n".join("".join(_inline(part) for part in line).strip() for line in lines)
        case Button(url, label):
            return f"{label}:\n{url}"
        case Rows(rows):
            width = max((len(row.label) for row in rows), default=0) + 2
            return "\n".join(f"{row.label + ':':<{width}}{row.value}" for row in rows)
        case Entries(entries):
            return "\n\n".join(_entry(entry) for entry in entries)
        case Code(code):
            return f"    {code}"


def _inline(part: Inline) -> str:
    return part.url if isinstance(part, Anchor) else part


def _entry(entry: Entry) -> str:
    first = ", ".join(part for part in (entry.title, entry.amount, entry.details) if part)
    return "\n".join(part for part in (first, entry.url) if part)
