"""A payment provider that refuses the merchant's account is the merchant's business, by mail, too."""

from typing import Any
from uuid import uuid4

from kontor.identity.v1.identity_pb2 import Merchant
from kontor.payments.v1.payments_pb2 import Connection, ConnectionNeedsAttention


async def test_the_merchant_is_told_which_account_is_refused_and_why(desk: Any, merchant: Merchant) -> None:
    await desk.know(merchant)
    refused = Connection(
        id=str(uuid4()), merchant_id=merchant.id, epoch=1, version=2, provider="stripe", account="acct_1",
        display_name="Wagner am Markt", mode="live", state="live", problem="key_revoked",
    )  # fmt: skip
    await desk.tell(ConnectionNeedsAttention(connection=refused))
    [mail] = await desk.mails(1)
    assert mail["to"] == [merchant.contact_email]
    assert mail["subject"] == "Stripe: Bitte verbinden Sie Ihr Konto neu"
    assert "Zugang zu Ihrem Konto Wagner am Markt" in mail["text"]
    assert "Der Schlüssel wurde widerrufen oder ist abgelaufen." in mail["text"].replace("\r\n", " ").replace("\n", " ")
