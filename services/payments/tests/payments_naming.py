"""Documents that name invoices, and what becomes of their money."""

import json
from typing import Any
from uuid import UUID

from kontor.documents.v1 import documents_pb2 as docs


async def naming(world: Any, invoice: UUID, kind: str, document: UUID | None = None, **changes: Any) -> UUID:
    """A document of this kind that names the invoice."""
    named = docs.Reference(kind="invoice", number=f"RE-{str(invoice)[-6:]}")
    found: UUID = await world.invoice(document, type=kind, references=[named], **changes)
    return found


async def credit(world: Any, invoice: UUID, minor: int, document: UUID | None = None, **changes: Any) -> UUID:
    return await naming(world, invoice, "credit_note", document, amount_due_minor=minor, gross_minor=minor, **changes)


async def naming_several(
    world: Any, invoices: list[UUID], type: str, document: UUID | None = None, **changes: Any
) -> UUID:
    """A document that names these invoices, in this order."""
    references = [docs.Reference(kind="invoice", number=f"RE-{str(one)[-6:]}") for one in invoices]
    made: UUID = await world.invoice(document, type=type, references=references, **changes)
    return made


async def credited(world: Any, *documents: UUID) -> list[int]:
    return [sum(c["amount_minor"] for c in json.loads((await world.receivable(one))["credits"])) for one in documents]


async def pay_out(world: Any, note: UUID, **body: Any) -> Any:
    return await world.http.post(f"/v1/documents/{note}/payouts", json=body, headers=world.staff())
