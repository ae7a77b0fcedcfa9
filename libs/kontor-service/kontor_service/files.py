"""Files by their content's hash: written once, never changed, the same bytes stored once."""

import hashlib
from pathlib import Path
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
        if urlsplit(url).scheme == "file":
            folder = Path(urlsplit(url).path)
            folder.mkdir(parents=True, exist_ok=True)
            self._store = LocalStore(str(folder))
        else:
            self._store = from_url(url)

    async def put(self, content: bytes) -> str:
        """Stores the bytes and returns their SHA-256 as lower-case hex. Repeating it changes nothing."""
        digest = hashlib.sha256(content).hexdigest()
        if not await self.exists(digest):
            await obstore.put_async(self._store, _path(digest), content)
        return digest

    async def get(self, sha256: str) -> bytes:
        """Raises FileMissing."""
        try:
            result = await obstore.get_async(self._store, _path(sha256))
        except FileNotFoundError:
            raise FileMissing from None
        return bytes(await result.bytes_async())

    async def exists(self, sha256: str) -> bool:
        try:
            await obstore.head_async(self._store, _path(sha256))
        except FileNotFoundError:
            return False
        return True


def _path(sha256: str) -> str:
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise FileMissing
    return f"{sha256[:2]}/{sha256}"
