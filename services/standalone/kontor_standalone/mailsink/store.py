"""Mails as files in a folder, so that they survive a restart."""

import re
from pathlib import Path

from kontor_service.ids import uuid7

_ID = re.compile(r"[0-9a-f]{32}")


class Mailbox:
    """One .eml per mail, named by a UUIDv7: names sort by arrival."""

    def __init__(self, folder: Path, keep: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._keep = keep

    def add(self, raw: bytes) -> str:
        """Keeps a mail and returns its id; the oldest beyond the bound go."""
        message_id = uuid7().hex
        unfinished = self._folder / f"{message_id}.part"
        unfinished.write_bytes(raw)
        unfinished.rename(self._folder / f"{message_id}.eml")
        for surplus in self.ids()[self._keep :]:
            self._path(surplus).unlink(missing_ok=True)
        return message_id

    def ids(self) -> list[str]:
        """Newest first."""
        return sorted((file.stem for file in self._folder.glob("*.eml")), reverse=True)

    def raw(self, message_id: str) -> bytes | None:
        """The mail as it came, or None where there is none of this id."""
        if not _ID.fullmatch(message_id):
            return None
        try:
            return self._path(message_id).read_bytes()
        except FileNotFoundError:
            return None

    def clear(self) -> None:
        for message_id in self.ids():
            self._path(message_id).unlink(missing_ok=True)

    def _path(self, message_id: str) -> Path:
        return self._folder / f"{message_id}.eml"
