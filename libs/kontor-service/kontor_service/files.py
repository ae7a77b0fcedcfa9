"""Files by their content's hash: written once, never changed, the same bytes stored once."""

import hashlib
from contextlib import suppress
from copy import copy
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import obstore
from obstore.store import LocalStore, ObjectStore, from_url

from kontor_service.errors import NotFound
from kontor_service.i18n import N_

FileMissing = NotFound.named("file_missing", N_("The file is not in storage."))


class Files:
    """Content-addressed storage in a folder or an object store (S3, GCS, Azure), by obstore."""

    def __init__(self, url: str) -> None:
        self._store: ObjectStore
        self._folder = ""
        if urlsplit(url).scheme == "file":
            folder = Path(urlsplit(url).path)
            folder.mkdir(parents=True, exist_ok=True)
            self._store = LocalStore(str(folder))
        else:
            self._store = from_url(url)

    def within(self, folder: str) -> Self:
        """The files of this folder alone, which share no bytes with any other: only there can a file be removed safely."""
        inner = copy(self)
        inner._folder = f"{self._folder}{folder}/"
        return inner

    async def put(self, content: bytes) -> str:
        """Stores the bytes and returns their SHA-256 as lower-case hex. Repeating it changes nothing."""
        digest = hashlib.sha256(content).hexdigest()
        if not await self.exists(digest):
            await obstore.put_async(self._store, self._folder + _path(digest), content)
        return digest

    async def get(self, sha256: str) -> bytes:
        """Raises FileMissing."""
        try:
            result = await obstore.get_async(self._store, self._folder + _path(sha256))
        except FileNotFoundError:
            raise FileMissing from None
        return bytes(await result.bytes_async())

    async def exists(self, sha256: str) -> bool:
        try:
            await obstore.head_async(self._store, self._folder + _path(sha256))
        except FileNotFoundError:
            return False
        return True

    async def remove(self, sha256: str) -> None:
        """Deletes the bytes, which nobody else may name any more. What is gone already stays gone."""
        with suppress(FileNotFoundError):
            await obstore.delete_async(self._store, self._folder + _path(sha256))


def _path(sha256: str) -> str:
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise FileMissing
    return f"{sha256[:2]}/{sha256}"
