"""Payments on bank statements, for tests of the admin."""

from typing import Any
from uuid import uuid4

from admin_shop import NOW, Shop

from kontor.payments.v1 import payments_pb2 as pb


def entry(shop: Shop, **values: Any) -> pb.StatementEntrySnapshot:
    """One that waits, with a certain proposal."""
    state = {
        "id": str(uuid4()), "merchant_id": str(shop.merchant_id), "epoch": 1, "version": 2, "booked_on": "2026-11-20",
        "valued_on": "2026-11-20", "amount_minor": 11900, "currency": "EUR", "name": "Busch GmbH", "text": "RE-77 danke",
        "statement_id": str(uuid4()), "state": "waiting", "certainty": "certain", "reasons": ["number", "amount"],
    } | values  # fmt: skip
    return pb.StatementEntrySnapshot(statement_entry=pb.StatementEntry(**state))


def share(document_id: str = "", number: str = "RE-77", amount: int = 11900) -> pb.StatementShare:
    return pb.StatementShare(document_id=document_id or str(uuid4()), document_number=number, amount_minor=amount)


def statement(shop: Shop, **values: Any) -> pb.BankStatementSnapshot:
    state = {
        "id": str(uuid4()), "merchant_id": str(shop.merchant_id), "epoch": 1, "version": 1, "format": "camt053", "number": "7",
        "account": "DE75512108001245126199", "currency": "EUR", "first_day": "2026-11-20", "last_day": "2026-11-20",
        "closing_minor": 1234567, "payments": 12, "new_payments": 11, "imported_by": "folder", "imported_at": NOW,
    } | values  # fmt: skip
    return pb.BankStatementSnapshot(bank_statement=pb.BankStatement(**state))


async def statement_pages(shop: Shop, document_id: str) -> list[str]:
    """One of each kind, and the pages about them."""
    certain = entry(shop, shares=[share(document_id, "RE-2"), share(number="RE-78", amount=2500)], amount_minor=14400)
    unsure = entry(
        shop, certainty="to_check", reasons=["account", "part_payment"], shares=[share(document_id, "RE-2", 5000)],
        amount_minor=5000, iban="DE02120300000000202051", reference="RF18539007547034", end_to_end_id="E-2E-77",
        text="Abschlag fuer die Heizung " + "und noch ein sehr langer Verwendungszweck " * 3,
    )  # fmt: skip
    returned = entry(shop, certainty="none", reasons=[], amount_minor=-12250, return_code="MD06", name="Seidel Optik")
    booked = entry(shop, state="booked", shares=[share(document_id, "RE-2")], decided_by="Eva", decided_at=NOW)
    aside = entry(shop, state="set_aside", note="Darlehen der Mutter", decided_by="Eva", decided_at=NOW, name="")
    await shop.told(
        certain, unsure, returned, booked, aside, statement(shop), statement(shop, number="", file_name="auszug.sta")
    )
    kinds = [f"/umsaetze?art={kind}" for kind in ("certain", "to_check", "none", "booked", "set_aside")]
    shown = (unsure, returned, booked)
    return [*kinds, *(f"/umsaetze/{one.statement_entry.id}" for one in shown), "/kontoauszuege"]
