"""What an ERP sends in the tests."""

import io

import pikepdf


def invoice(**changes):
    """An invoice as an ERP without e-invoices sends it."""
    return {
        "type": "invoice", "number": "RE-1042", "external_id": "erp-1042", "customer_number": "20931",
        "issue_date": "2026-11-12", "due_date": "2026-11-26", "delivery_date": "2026-11-10",
        "lines": [
            {"name": "Wartung Heizungsanlage", "quantity": "1", "unit": "LS", "net_price": "189.00", "tax_rate": "19"},
            {"name": "Monteurstunde", "quantity": "2.5", "unit": "HUR", "net_price": "64.00", "tax_rate": "19"},
        ],
        "cash_discounts": [{"days": 7, "percent": "2"}],
    } | changes  # fmt: skip


def plain_pdf():
    made, buffer = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    made.save(buffer)
    return buffer.getvalue()
