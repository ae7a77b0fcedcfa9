"""Bodies that pass through the gateway: streamed, and cut off where they grow too large."""

from collections.abc import AsyncIterator

from fastapi import Request

from kontor_service.errors import TooLarge


class UploadTooLarge(TooLarge):
    code = "file_too_large"


def check_length(request: Request, limit: int) -> None:
    """Refuses what says itself that it is too large, before a byte of it is read. Raises UploadTooLarge."""
    said = request.headers.get("content-length", "")
    if said.isdigit() and int(said) > limit:
        raise _too_large(limit)


async def limited(request: Request, limit: int) -> AsyncIterator[bytes]:
    """The body in pieces. Raises UploadTooLarge after `limit` bytes: the owner then gets an unfinished request."""
    passed = 0
    async for piece in request.stream():
        passed += len(piece)
        if passed > limit:
            raise _too_large(limit)
        yield piece


def _too_large(limit: int) -> UploadTooLarge:
    return UploadTooLarge(f"At most {limit // 1024**2} MiB are accepted", field="file")
