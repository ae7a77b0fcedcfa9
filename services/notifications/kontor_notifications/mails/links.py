"""Where a mail's links and codes come from. Identity makes them for one sending; nothing of them is stored."""

from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from kontor_notifications.mails.owners import Owners
from kontor_notifications.models import Mail
from kontor_notifications.rendering.facts import Secrets
from kontor_service.errors import Conflict, Problem
from kontor_service.i18n import N_


class LinkSource(Protocol):
    """The links of one kind of mail: `fetch` those that the placeholders `used` will show, nothing more; `renew` ends those that
    the mail carried to a wrong address."""

    async def fetch(self, owners: Owners, mail: Mail, used: set[str]) -> Secrets: ...
    async def renew(self, owners: Owners, mail: Mail) -> None: ...


@dataclass(frozen=True)
class DocumentLinks:
    """A link to each of the mail's documents, and to all of the customer's. Renews the latter where the default text has it."""

    renews_customer_link: bool = False

    async def fetch(self, owners: Owners, mail: Mail, used: set[str]) -> Secrets:
        shown = used & {"Document.customerportal_url", "Link", "Documents", "AdditionalDocuments"}
        documents = {str(id_): await _document_link(owners, mail, id_) for id_ in mail.document_ids} if shown else {}
        return Secrets(documents=documents, customer=await _customer_link(owners, mail, used))

    async def renew(self, owners: Owners, mail: Mail) -> None:
        carried = [None] if self.renews_customer_link else mail.document_ids
        for document_id in carried:
            try:
                await owners.ask_identity(
                    mail.merchant_id, "/v1/document-links", **_whose(mail, document_id), renew=True
                )
            except Problem as problem:
                # What was revoked, or whose person is gone, opens nothing already.
                if problem.status not in (404, 409):
                    raise


@dataclass(frozen=True)
class OneTimeSecret:
    """The link or code of an invitation or challenge, asked for at `path`. It ends by itself."""

    path: str

    async def fetch(self, owners: Owners, mail: Mail, used: set[str]) -> Secrets:
        found = await owners.ask_identity(mail.merchant_id, self.path.format(mail.reference_id))
        return Secrets(link=found.get("url") or "", code=found.get("code") or "")

    async def renew(self, owners: Owners, mail: Mail) -> None:
        return


@dataclass(frozen=True)
class CapabilityLink:
    """A link that allows one thing without a log-in, such as answering a request for readings."""

    aggregate: str

    async def fetch(self, owners: Owners, mail: Mail, used: set[str]) -> Secrets:
        link = await self._link(owners, mail) if "Link" in used else ""
        return Secrets(link=link, customer=await _customer_link(owners, mail, used))

    async def renew(self, owners: Owners, mail: Mail) -> None:
        try:
            await self._link(owners, mail)
        except Conflict:
            # Revoked by the merchant: it stays so.
            return
        await self._ask(owners, mail, renew=True)

    async def _link(self, owners: Owners, mail: Mail) -> str:
        """Raises Conflict where the merchant has revoked it."""
        url = (await self._ask(owners, mail))["links"][0]["url"]
        if url is None:
            raise Conflict(N_("The link was revoked. Please renew it first."), code="link_revoked")
        return str(url)

    async def _ask(self, owners: Owners, mail: Mail, **options: Any) -> dict[str, Any]:
        resources = [f"{self.aggregate}:{mail.reference_id}"]
        return await owners.ask_identity(mail.merchant_id, "/v1/capability-links", resources=resources, **options)


@dataclass(frozen=True)
class StaffLink:
    """A page of the admin, which asks for a log-in. `path` is filled from the mail."""

    path: str = "/dokumente/{mail.document_ids[0]}"

    async def fetch(self, owners: Owners, mail: Mail, used: set[str]) -> Secrets:
        return Secrets(link=owners.admin_url + self.path.format(mail=mail))

    async def renew(self, owners: Owners, mail: Mail) -> None:
        return


async def _customer_link(owners: Owners, mail: Mail, used: set[str]) -> str:
    return await _document_link(owners, mail, None) if "Client.customerportal_url" in used else ""


async def _document_link(owners: Owners, mail: Mail, document_id: UUID | None) -> str:
    return str((await owners.ask_identity(mail.merchant_id, "/v1/document-links", **_whose(mail, document_id)))["url"])


def _whose(mail: Mail, document_id: UUID | None) -> dict[str, Any]:
    return {
        "merchant_id": str(mail.merchant_id),
        "customer_id": str(mail.customer_id),
        "document_id": str(document_id) if document_id else None,
        "contact_id": str(mail.contact_id) if mail.contact_id else None,
    }
