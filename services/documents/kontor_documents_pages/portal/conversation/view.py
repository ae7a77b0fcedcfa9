"""The conversation about one document as its reader sees it: pure, from what the copy answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import orjson

from kontor_documents_pages.portal.conversation.story import story
from kontor_documents_pages.portal.conversation.writer import is_nobodys_link
from kontor_documents_pages.portal.may import may

# As the owner allows it, which decides again: until then a comment that nobody has read can be changed.
_CHANGE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Reader:
    """`subject` is the session's; `name` tells apart who shares it, None where nobody does."""

    subject: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """A comment: `data` as the copy has it, whether the reader wrote it and may still change it, whether it is news to them."""

    data: dict[str, Any]
    mine: bool
    changeable: bool
    new: bool

    def as_json(self) -> dict[str, Any]:
        """As the portal's JSON says it."""
        data = self.data
        kept = {name: data[name] for name in ("id", "number", "text", "source", "created_at", "edited_at", "read_at")}
        files = [{name: file[name] for name in ("id", "name", "media_type", "size")} for file in data["files"]]
        author = {"kind": data["author_kind"], "name": data["author_name"]}
        return kept | {
            "author": author,
            "files": files,
            "mine": self.mine,
            "may_change": self.changeable,
            "new": self.new,
        }


@dataclass(frozen=True, slots=True)
class Conversation:
    """`may_write`: whether the merchant's settings and the reader's rights allow comments. `name_missing`: the reader has no
    name yet and is asked for one; `writer`: the one they gave by a link that is nobody's. `read`: nothing on the page is news to
    them. `story`: what happened, the newest first."""

    comments: list[Said]
    may_write: bool
    name_missing: bool
    writer: str
    read: bool
    revision: int
    newest: int
    story: list[tuple[str, str]]

    @property
    def shown(self) -> bool:
        return self.may_write or bool(self.comments)


def conversation_of(record: asyncpg.Record, now: datetime, writer: str = "") -> Conversation:
    """`writer`: the name given in this session by a link that is nobody's. The reader's language must be set."""
    told, session = orjson.loads(record["conversation"]), orjson.loads(record["session"])
    entry, details = orjson.loads(record["entry"]), orjson.loads(record["document"])
    shared = is_nobodys_link(record, session)
    reader, known = Reader(session.get("subject"), writer if shared else None), told["read"]
    seen = known["comment_number"] if known else 0
    comments = [_said(data, reader, seen, now) for data in told["comments"]]
    newest = max((one.data["number"] for one in comments if one.data["author_kind"] != "customer"), default=0)
    revision = details.get("revision") or 1
    allowed = may(entry, details, orjson.loads(record["merchant"]), session, record["today"])["comment"]
    named = bool(writer) if shared else bool(session["name"]) or any(one.mine for one in comments)
    read = known is not None and known["revision"] >= revision and seen >= newest
    payment = orjson.loads(record["payment"]) if record["payment"] else None
    happened = story(details["moments"], payment, told["comments"])
    return Conversation(comments, allowed, not named, writer if shared else "", read, revision, newest, happened)


def _said(data: dict[str, Any], reader: Reader, seen: int, now: datetime) -> Said:
    mine = data["author"] == reader.subject and reader.name in (None, data["author_name"])
    fresh = now - datetime.fromisoformat(data["created_at"]) < _CHANGE
    news = data["author_kind"] != "customer" and data["number"] > seen
    return Said(data, mine, mine and fresh and not data["read_at"], news)
