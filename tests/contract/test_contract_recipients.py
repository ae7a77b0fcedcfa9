"""Documents says whether a document can be sent, notifications sends it: both must find the same people."""

from itertools import product

import pytest

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor.identity.v1.identity_pb2 import ContactPerson, Customer, Merchant
from kontor_documents.release.rules import recipients
from kontor_notifications.mails.recipients import for_type

GROUPS = ("gets_quotes", "gets_invoices", "gets_reminders")


def customers():
    """With and without an address of its own; persons who get one group, by what became of their access."""
    for email, group, access in product(("", "buero@kunde.example"), GROUPS, ("none", "active", "revoked")):
        person = ContactPerson(id="01890a5d-ac96-774b-bcce-b302099a8057", email="anna@kunde.example", access=access)
        setattr(person, group, True)
        yield Customer(email=email, contacts=[person])


@pytest.mark.parametrize("document_type", [str(kind) for kind in DocumentType])
def test_release_and_mails_find_the_same_people(document_type):
    for customer in customers():
        mailed = [recipient.email for recipient in for_type(document_type, customer, Merchant())]
        assert recipients(document_type, customer) == mailed, customer
