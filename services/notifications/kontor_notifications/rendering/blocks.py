"""What a mail's body consists of, before it becomes plain text or HTML."""

from dataclasses import dataclass

from kontor_notifications.rendering.values import Button, Code, Entries, Rows, Values
from kontor_notifications.templates.syntax import Line, Token, Use, Words


@dataclass(frozen=True)
class Anchor:
    """A link within a sentence; the address is its own label."""

    url: str


Inline = str | Anchor


@dataclass(frozen=True)
class Paragraph:
    lines: tuple[tuple[Inline, ...], ...]


Block = Paragraph | Button | Rows | Entries | Code


def blocks(lines: list[Line], values: Values) -> list[Block]:
    """Blank lines part paragraphs. A line that holds placeholders, all of them empty, is left out."""
    found: list[Block] = []
    paragraph: list[tuple[Inline, ...]] = []

    def close() -> None:
        if paragraph:
            found.append(Paragraph(tuple(paragraph)))
            paragraph.clear()

    for line in lines:
        if _says_nothing(line, values):
            continue
        block = _alone(line, values)
        if block is not None:
            close()
            found.append(block)
        elif any(_inline(token, values) for token in line):
            paragraph.append(_inline_parts(line, values))
        else:
            close()
    close()
    return found


def subject(line: Line, values: Values) -> str:
    """The subject: text only, in one line, without anything that could end a header, and without a dash before nothing."""
    text = "".join(str(_inline(token, values)) for token in line)
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:250].rstrip(" –:")


def _says_nothing(line: Line, values: Values) -> bool:
    uses = [token for token in line if isinstance(token, Use)]
    return bool(uses) and all(not values.get(token.placeholder.name) for token in uses)


def _alone(line: Line, values: Values) -> Block | None:
    """A link on a line of its own is a button; tables, lists and codes are always blocks."""
    visible = [token for token in line if isinstance(token, Use) or token.text.strip()]
    if len(visible) == 1 and isinstance(visible[0], Use):
        value = values.get(visible[0].placeholder.name, "")
        return value if not isinstance(value, str) else None
    return None


def _inline_parts(line: Line, values: Values) -> tuple[Inline, ...]:
    return tuple(part for token in line if (part := _inline(token, values)))


def _inline(token: Token, values: Values) -> Inline:
    if isinstance(token, Words):
        return token.text
    value = values.get(token.placeholder.name, "")
    if isinstance(value, str):
        return value
    if isinstance(value, Button):
        return Anchor(value.url)
    return _flat(value)


def _flat(value: Rows | Entries | Code) -> str:
    """A block in the middle of a sentence: its content in a row."""
    if isinstance(value, Rows):
        return ", ".join(f"{row.label}: {row.value}" for row in value.rows)
    if isinstance(value, Entries):
        return ", ".join(entry.title for entry in value.entries)
    return value.code
