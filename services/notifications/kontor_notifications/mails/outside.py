"""What a mail needs from others at the moment it is sent: links and codes, files, the logo."""

from typing import Any
from uuid import UUID

from kontor.documents.v1.documents_pb2 import Document, File
from kontor.identity.v1.identity_pb2 import Merchant
from kontor_notifications.models import Mail
from kontor_notifications.rendering.facts import Secrets
from kontor_notifications.templates import kinds
from kontor_service.client import ServiceClient
from kontor_service.errors import Conflict, Problem
from kontor_service.settings import ServiceSettings
from kontor_service.tokens import TokenSource

# What mail programs show; anything else (SVG) is left to the name in words.
_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif"})
_MOST_LOGOS = 64


class Outside:
    """Calls identity and documents as this service. Everything here can be asked again.

    Raises Problem: Unavailable where nobody answers, otherwise what the owner said.
    """

    def __init__(self, settings: ServiceSettings, tokens: TokenSource) -> None:
        self._identity = ServiceClient(settings.url_of("identity"))
        self._documents = ServiceClient(settings.url_of("documents"), timeout=20.0)
        self._tokens = tokens
        self._logos: dict[str, bytes] = {}

    async def close(self) -> None:
        await self._identity.close()
        await self._documents.close()

    async def secrets(self, mail: Mail, used: set[str]) -> Secrets:
        """The links and codes that the template will show; nothing more is asked for."""
        if mail.kind == kinds.INVITATION:
            return Secrets(link=(await self._identity_post(mail, f"/v1/invitations/{mail.reference_id}/link"))["url"])
        if mail.kind in kinds.CHALLENGES:
            found = await self._identity_post(mail, f"/v1/challenges/{mail.reference_id}/secret")
            return Secrets(link=found.get("url") or "", code=found.get("code") or "")
        if mail.kind in kinds.READING_REQUESTS and "Link" in used:
            return Secrets(link=await self._reading_link(mail), customer=await self._customer_link(mail, used))
        shown = used & {"Document.customerportal_url", "Link", "Documents"}
        documents = {str(id_): await self._link(mail, id_) for id_ in mail.document_ids} if shown else {}
        return Secrets(documents=documents, customer=await self._customer_link(mail, used))

    async def renew_links(self, mail: Mail) -> None:
        """Ends the links that this mail carried to the wrong address."""
        if mail.kind in kinds.READING_REQUESTS:
            await self._renew_reading_invitation(mail)
        carried = [None] if mail.kind == kinds.REJECTED else mail.document_ids
        for document_id in carried:
            try:
                await self._identity_post(mail, "/v1/document-links", **self._whose(mail, document_id), renew=True)
            except Problem as problem:
                # What was revoked, or whose person is gone, opens nothing already.
                if problem.status not in (404, 409):
                    raise

    async def file(self, document: Document, file: File) -> bytes:
        path = f"/v1/documents/{document.id}/files/{file.id}"
        token = await self._tokens.service("documents", UUID(document.merchant_id))
        return (await self._documents.request("GET", path, token=token)).content

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

    async def _renew_reading_invitation(self, mail: Mail) -> None:
        try:
            await self._reading_link(mail)
        except Conflict:
            # Revoked by the merchant: it stays so.
            return
        await self._identity_post(mail, "/v1/things/links", things=[_thing(mail)], renew=True)

    async def _reading_link(self, mail: Mail) -> str:
        """Raises Conflict where the merchant has revoked it."""
        answer = await self._identity_post(mail, "/v1/things/links", things=[_thing(mail)])
        url = answer["links"][0]["url"]
        if url is None:
            raise Conflict("The link was revoked. Renew it before it can be mailed again.", code="link_revoked")
        return str(url)

    async def _customer_link(self, mail: Mail, used: set[str]) -> str:
        return await self._link(mail, None) if "Client.customerportal_url" in used else ""

    async def _link(self, mail: Mail, document_id: UUID | None) -> str:
        return str((await self._identity_post(mail, "/v1/document-links", **self._whose(mail, document_id)))["url"])

    def _whose(self, mail: Mail, document_id: UUID | None) -> dict[str, Any]:
        return {
            "merchant_id": str(mail.merchant_id),
            "customer_id": str(mail.customer_id),
            "document_id": str(document_id) if document_id else None,
            "contact_id": str(mail.contact_id) if mail.contact_id else None,
        }

    async def _identity_post(self, mail: Mail, path: str, **body: Any) -> dict[str, Any]:
        token = await self._tokens.service("identity", mail.merchant_id)
        answer = await self._identity.request("POST", path, token=token, json=body)
        found: dict[str, Any] = answer.json()
        return found


def _thing(mail: Mail) -> str:
    """What an invitation's link leads to, as identity and meters call it."""
    return f"meters.invitation:{mail.reference_id}"
