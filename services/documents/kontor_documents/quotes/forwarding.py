"""Forwarding a quote to a colleague who may accept it (B18). The merchant sees it in the history and the feed."""

from datetime import timedelta
from functools import partial
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from kontor.documents.v1 import documents_pb2 as pb
from kontor.identity.v1 import identity_pb2
from kontor_documents import copies, history
from kontor_documents.dependencies import Dependencies
from kontor_documents.errors import AlreadyDecided
from kontor_documents.quotes.access import actor, locked_to_decide
from kontor_documents.quotes.record import record_fact
from kontor_documents.quotes.rules import refuse_closed
from kontor_service.errors import Conflict, Invalid
from kontor_service.i18n import N_
from kontor_service.tokens import Principal

# Nobody gets the same quote again sooner, however often it is sent.
_AGAIN_AFTER = timedelta(hours=1)

CannotAccept = Invalid.named(
    "recipient_cannot_accept", N_("This person cannot accept the quote. Please choose another one.")
)
ForwardedAlready = Conflict.named("forwarded_already", N_("The quote has just been forwarded to this person."))


class ForwardInput(BaseModel):
    model_config = ConfigDict(extra="forbid")

    contact_id: UUID


async def forward(deps: Dependencies, document_id: UUID, wanted: ForwardInput, principal: Principal) -> pb.Document:
    """Mails the person a link of their own. Raises CannotAccept, ForwardedAlready, AlreadyDecided, Withdrawn, NoQuote."""
    at, by, contact_id = deps.clock.now(), actor(principal), str(wanted.contact_id)
    async with deps.db.transaction(principal.merchant) as session:
        document = await locked_to_decide(session, document_id, principal)
        refuse_closed(document)
        if document.outcome:
            raise AlreadyDecided(outcome=document.outcome)
        person = _acceptor(await copies.customer(session, document.customer_id), contact_id)
        entries = await history.entries(session, document.id)
        if any(e.detail.get("contact_id") == contact_id and at - e.at < _AGAIN_AFTER for e in entries):
            raise ForwardedAlready(field="contact_id")
        fact = partial(pb.DocumentForwarded, contact_id=contact_id, actor=by)
        return await record_fact(
            session, document, "forwarded", fact, at=at, actor=by, contact_id=contact_id, recipient=person.name
        )


def _acceptor(customer: identity_pb2.Customer | None, contact_id: str) -> identity_pb2.ContactPerson:
    """A person of the quote's own customer who may accept it and can be reached."""
    people = customer.contacts if customer else ()
    person = next((one for one in people if one.id == contact_id), None)
    if person is None or not (person.may_accept and person.email) or person.access == "revoked":
        raise CannotAccept(field="contact_id")
    if person.document_types and "quote" not in person.document_types:
        raise CannotAccept(field="contact_id")
    return person
