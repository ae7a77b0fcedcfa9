"""A short invoice, and what staff do with it."""


def invoice(**changes):
    return {
        "type": "invoice", "number": "RE-1", "external_id": "erp-1", "customer_number": "20931",
        "issue_date": "2026-11-12", "due_date": "2026-11-26", "delivery_date": "2026-11-10",
        "lines": [{"name": "Wartung", "quantity": "1", "unit": "LS", "net_price": "100.00", "tax_rate": "19"}],
    } | changes  # fmt: skip


async def share(documents, document_id, **body):
    return await documents.http.post(
        f"/v1/documents/{document_id}/share", headers=documents.auth("documents:release"), json=body
    )


async def assign(documents, document_id, customer_id):
    return await documents.http.post(
        f"/v1/documents/{document_id}/assign",
        headers=documents.auth("documents:release"),
        json={"customer_id": str(customer_id)},
    )
