"""A merchant, a customer and a document to write mails about."""

import pytest
from kontor.documents.v1.documents_pb2 import CashDiscount, Document, File
from kontor.identity.v1.identity_pb2 import Address, ContactPerson, Customer, Merchant

MERCHANT_ID = "01920000-0000-7000-8000-000000000001"
CUSTOMER_ID = "01920000-0000-7000-8000-000000000002"
DOCUMENT_ID = "01920000-0000-7000-8000-000000000003"


@pytest.fixture
def merchant() -> Merchant:
    return Merchant(
        id=MERCHANT_ID, merchant_id=MERCHANT_ID, epoch=1, version=1, name="Elektro Wagner GmbH", slug="elektro-wagner",
        accent_color="#0b5d4e", contact_email="buero@elektro-wagner.example", contact_phone="+49 221 4711",
        portal_enabled=True, portal_access_default=True, payments_enabled=True, language="de",
        time_zone="Europe/Berlin", vat_id="DE123456789", register_entry="Amtsgericht Köln, HRB 4711",
        address=Address(line1="Ringstraße 8", post_code="50667", city="Köln", country="DE"),
        mail_reply_to="rechnung@elektro-wagner.example", automatic_release=True,
    )  # fmt: skip


@pytest.fixture
def customer() -> Customer:
    return Customer(
        id=CUSTOMER_ID, merchant_id=MERCHANT_ID, epoch=1, version=1, number="K-1001", name="Bäckerei Müller",
        kind="business", email="post@baeckerei-mueller.example", language="de", portal_access="default",
        mail_mode="default",
        contacts=[
            ContactPerson(id="01920000-0000-7000-8000-00000000000a", name="Erika Müller", language="de",
                          email="erika@baeckerei-mueller.example", gets_invoices=True, gets_reminders=True),
            ContactPerson(id="01920000-0000-7000-8000-00000000000b", name="Sam Smith", language="en",
                          email="sam@baeckerei-mueller.example", gets_quotes=True),
        ],
    )  # fmt: skip


@pytest.fixture
def document() -> Document:
    return Document(
        id=DOCUMENT_ID, merchant_id=MERCHANT_ID, epoch=1, version=1, type="invoice", number="RE-2026-0042",
        state="shared", customer_id=CUSTOMER_ID, buyer_name="Bäckerei Müller", issue_date="2026-03-02",
        due_date="2026-03-16", currency="EUR", net_minor=66150, tax_minor=12569, gross_minor=78719,
        amount_due_minor=78719, content_sha256="a" * 64, payment_reference="RE-2026-0042",
        cash_discounts=[CashDiscount(until="2026-03-09", percent="2.00", amount_minor=1574, payable_minor=77145)],
        files=[
            File(id="01920000-0000-7000-8000-0000000000f1", name="RE-2026-0042.pdf", media_type="application/pdf",
                 size=9, role="pdf", sha256="b" * 64),
            File(id="01920000-0000-7000-8000-0000000000f2", name="Kalkulation.pdf", media_type="application/pdf",
                 size=9, role="attachment", sha256="c" * 64, private=True),
        ],
    )  # fmt: skip
