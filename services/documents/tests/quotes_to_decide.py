"""A short quote with every kind of choice, and what customers do with it."""

from uuid import UUID

import orjson

DRAWN = {"kind": "drawn", "strokes": [[[10, 40], [60, 10], [110, 60], [160, 20], [210, 50]]]}


# As identity signs a log-in.
_ANNA = {"kind": "contact", "sub": "contact:anna", "access": "account", "email": "anna@seidel-optik.example"}


def quote(**changes):
    return {
        "type": "quote", "number": "AN-1", "external_id": "quote-1", "customer_number": "20931",
        "issue_date": "2026-11-12", "valid_until": "2099-12-31", "acceptance": ["click"],
        "lines": [
            {"id": "base", "name": "Wallbox", "net_price": "1000.00", "tax_rate": "19"},
            {"id": "cable", "name": "Kabel", "unit": "MTR", "quantity": "5", "quantity_min": "1", "quantity_max": "20",
             "net_price": "10.00", "tax_rate": "19", "group": "Zubehör"},
            {"id": "care", "name": "Wartung", "net_price": "90.00", "tax_rate": "19", "optional": True, "group": "Zubehör"},
            {"id": "white", "name": "Blende weiß", "net_price": "20.00", "tax_rate": "19", "alternative": "Blende"},
            {"id": "black", "name": "Blende schwarz", "net_price": "30.00", "tax_rate": "19", "alternative": "Blende"},
        ],
    } | changes  # fmt: skip


async def shared_quote(documents, **changes):
    """The id of a shared quote; the customer's id is in `documents.customer_id`."""
    await documents.open_shop()
    documents.customer_id = await documents.add_customer()
    return (await documents.made(quote(**changes)))["document"]["id"]


def customer(documents, **claims):
    rights = ("documents:accept", "documents:read")
    return documents.auth(*rights, **_ANNA | {"customers": [documents.customer_id]} | claims)


async def choose(documents, document_id, *lines, **claims):
    return await documents.http.put(
        f"/v1/documents/{document_id}/selection", headers=customer(documents, **claims), json={"lines": list(lines)}
    )


async def accept(documents, document_id, *, claims=None, **changes):
    body = {"version": 1, "name": "Anna Seidel"} | changes
    return await documents.http.post(
        f"/v1/documents/{document_id}/acceptance", headers=customer(documents, **claims or {}), json=body
    )


async def decline(documents, document_id, **body):
    return await documents.http.post(f"/v1/documents/{document_id}/decline", headers=customer(documents), json=body)


async def document_row(documents, document_id):
    async with documents.app.state.db.connection() as connection, connection.transaction():
        await connection.execute("SELECT set_config('kontor.merchant_id', $1, true)", str(documents.merchant))
        row = await connection.fetchrow("SELECT * FROM document WHERE id = $1", UUID(document_id))
    return {**row} | {name: orjson.loads(row[name] or "null") for name in ("decision", "selection", "facts", "moments")}
