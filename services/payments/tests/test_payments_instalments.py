"""Invoices that are paid in parts."""

import json
from typing import Any

from kontor.documents.v1 import documents_pb2 as docs


async def test_instalments_are_paid_in_their_order(world: Any) -> None:
    parts = [
        docs.Instalment(due_date=f"2026-1{n}-01", amount_minor=amount)
        for n, amount in ((0, 5000), (1, 3000), (2, 3900))
    ]
    invoice = await world.invoice(instalments=parts)
    assert [part["open_minor"] for part in json.loads((await world.receivable(invoice))["instalments"])] == [
        5000,
        3000,
        3900,
    ]
    await world.erp(invoice, "60.00")
    left = json.loads((await world.receivable(invoice))["instalments"])
    assert left == [{"due_date": "2026-11-01", "open_minor": 2000}, {"due_date": "2026-12-01", "open_minor": 3900}]
    await world.erp(invoice, "59.00", external_id="rest")
    assert (await world.receivable(invoice))["instalments"] == "[]"
