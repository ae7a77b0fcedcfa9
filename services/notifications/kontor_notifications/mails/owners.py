"""What a mail needs from identity and documents at the moment it is sent: links and codes, files, the logo. And the comment
that an answer becomes."""

from base64 import b64encode
from typing import Any
from uuid import UUID

from kontor.documents.v1.documents_pb2 import Document, File, StandingDocumentVersion
from kontor.identity.v1.identity_pb2 import Merchant
from kontor_service.client import ServiceClient
from kontor_service.settings import ServiceSettings
from kontor_service.tokens import TokenSource

# What mail programs show; anything else (SVG) is left to the name in words.
_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif"})
_MOST_LOGOS = 64


class Owners:
    """Calls identity and documents as this service. Everything here can be asked again.

    Raises Problem: Unavailable where nobody answers, otherwise what the owner said.
    """

    def __init__(self, settings: ServiceSettings, tokens: TokenSource) -> None:
        self._identity = ServiceClient(settings.url_of("identity"))
        self._documents = ServiceClient(settings.url_of("documents"), timeout=20.0)
        self._tokens = tokens
        self.admin_url = settings.admin_public_url
        self._logos: dict[str, bytes] = {}

    async def close(self) -> None:
        await self._identity.close()
        await self._documents.close()

    async def ask_identity(self, merchant_id: UUID, path: str, /, **body: Any) -> dict[str, Any]:
        """The answer to a POST."""
        token = await self._tokens.service("identity", merchant_id)
        answer = await self._identity.request("POST", path, token=token, json=body)
        found: dict[str, Any] = answer.json()
        return found

    async def file(self, document: Document, file: File) -> bytes:
        path = f"/v1/documents/{document.id}/files/{file.id}"
        token = await self._tokens.service("documents", UUID(document.merchant_id))
        return (await self._documents.request("GET", path, token=token)).content

    async def add_comment(self, merchant_id: UUID, document_id: UUID, comment: dict[str, Any], *, key: str) -> None:
        """Writes a comment on a document; repeated under the same key, once."""
        token = await self._tokens.service("documents", merchant_id)
        path = f"/v1/documents/{document_id}/comments"
        await self._documents.request("POST", path, token=token, json=comment, headers={"Idempotency-Key": key})

    async def upload_comment_file(
        self, merchant_id: UUID, document_id: UUID, name: str, content: bytes, media_type: str, *, author: str
    ) -> UUID:
        """Uploads a file for a comment of this author (`contact:<id>`, `customer:<id>`) and answers its id."""
        token = await self._tokens.service("documents", merchant_id)
        answer = await self._documents.request(
            "POST", f"/v1/documents/{document_id}/comment-files", token=token, params={"author": author},
            files={"file": (name, content, media_type)},
        )  # fmt: skip
        return UUID(answer.json()["id"])

    async def standing_document(self, document: Document, version: StandingDocumentVersion) -> bytes:
        """What went along with a document."""
        path = f"/v1/standing-documents/versions/{version.id}/file"
        token = await self._tokens.service("documents", UUID(document.merchant_id))
        return (await self._documents.request("GET", path, token=token)).content

    async def logo_address(self, merchant: Merchant) -> str | None:
        """The logo as a page shows it."""
        picture = await self.logo(merchant)
        return f"data:{merchant.logo_media_type};base64,{b64encode(picture).decode()}" if picture else None

    async def logo(self, merchant: Merchant) -> bytes | None:
        """The merchant's logo; None where there is none that mail programs show."""
        digest = merchant.logo_sha256
        if not digest or not merchant.logo_shown or merchant.logo_media_type not in _PICTURES:
            return None
        if digest not in self._logos:
            token = await self._tokens.service("identity", UUID(merchant.id))
            answer = await self._identity.request("GET", f"/v1/logos/{digest}", token=token)
            if len(self._logos) >= _MOST_LOGOS:
                self._logos.clear()
            self._logos[digest] = answer.content
        return self._logos[digest]
