"""A mailbox on loopback that speaks as much IMAP4rev1 as the intake asks for."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_FLAGS = re.compile(r"\((.*)\)")


@dataclass
class MailboxDouble:
    """Mails by UID, with their flags."""

    mails: dict[str, bytes] = field(default_factory=dict)
    flags: dict[str, set[str]] = field(default_factory=dict)
    port: int = 0

    def add(self, raw: bytes) -> str:
        uid = str(len(self.mails) + 1)
        self.mails[uid], self.flags[uid] = raw, set()
        return uid

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        while line := (await reader.readline()).decode().strip():
            tag, _, command = line.partition(" ")
            for untagged in self._untagged(command):
                writer.write(b"* " + untagged + b"\r\n")
            writer.write(f"{tag} OK done\r\n".encode())
            await writer.drain()
            if command == "LOGOUT":
                break
        writer.close()
        await writer.wait_closed()

    def _untagged(self, command: str) -> list[bytes]:
        match command.split():
            case ["CAPABILITY"]:
                return [b"CAPABILITY IMAP4rev1"]
            case ["SELECT", _]:
                return [f"{len(self.mails)} EXISTS".encode()]
            case ["UID", "SEARCH", "UNSEEN", "UNFLAGGED"]:
                return [b"SEARCH " + " ".join(uid for uid, flags in self.flags.items() if not flags).encode()]
            case ["UID", "FETCH", uid, "(RFC822.SIZE)"]:
                return [f"{uid} FETCH (UID {uid} RFC822.SIZE {len(self.mails[uid])})".encode()]
            case ["UID", "FETCH", uid, what]:
                raw = self.mails[uid]
                part = raw.partition(b"\n\n")[0] + b"\n\n" if "HEADER" in what else raw
                return [f"{uid} FETCH (UID {uid} BODY[] {{{len(part)}}}\r\n".encode() + part + b")"]
            case ["UID", "STORE", uid, *_]:
                found = _FLAGS.search(command)
                assert found is not None
                self.flags[uid] |= set(found[1].split())
        return []


@asynccontextmanager
async def mailbox_double() -> AsyncIterator[MailboxDouble]:
    box = MailboxDouble()
    server = await asyncio.start_server(box.answer, "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    async with server:
        yield box
