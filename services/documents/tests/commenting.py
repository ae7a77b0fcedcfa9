"""A shared invoice with somebody on each side of it who writes."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from documents_to_release import invoice, share

from kontor.identity.v1 import identity_pb2
from kontor_service.ids import uuid7


@dataclass
class Conversation:
    documents: Any
    document: str
    customer: UUID
    contact: UUID

    def anna(self, **more):
        """The customer's contact person, logged in."""
        claims = {
            "kind": "contact",
            "customers": [self.customer],
            "sub": f"contact:{self.contact}",
            "name": "Anna Seidel",
        }
        return self.documents.auth("documents:comment", **claims | more)

    def by_link(self, **more):
        """Somebody who opened the document's link, which is nobody's in particular."""
        claims = {"kind": "link", "customers": [self.customer], "document": UUID(self.document), "name": ""}
        return self.documents.auth("documents:comment", **claims | more)

    def jonas(self):
        """A member of the merchant's staff."""
        return self.documents.auth("documents:comment", sub=f"staff:{self.contact}", name="Jonas Brunner")

    def mail(self):
        return self.documents.auth("service", kind="service")

    async def write(self, who, text="Wann kommen Sie?", **more):
        headers = who | more.pop("headers", {})
        return await self.documents.http.post(self.path(), headers=headers, json={"text": text, **more})

    async def upload(self, who, content, name, path=None):
        return await self.documents.http.post(
            path or self.path("comment-files"), headers=who, files={"file": (name, content, "application/octet-stream")}
        )

    async def comments(self):
        return (await self.documents.http.get(self.path(), headers=self.mail())).json()["comments"]

    def path(self, *parts):
        first, *rest = parts or ("comments",)
        return "/".join(("/v1/documents", self.document, first, *rest))


async def conversation(documents, **data):
    """A customer with a contact person, and an invoice that is shared with them."""
    await documents.open_shop(automatic_release=False)
    state = documents.customer()
    contact = uuid7()
    state.contacts.add(id=str(contact), name="Anna Seidel", email="anna@seidel.example")
    await documents.tell(identity_pb2.CustomerCreated(customer=state))
    document = (await documents.made(invoice(**data)))["document"]["id"]
    assert (await share(documents, document)).status_code == 200
    return Conversation(documents, document, UUID(state.id), contact)
