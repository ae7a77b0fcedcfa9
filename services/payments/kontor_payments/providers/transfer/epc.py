"""The EPC QR code of a SEPA credit transfer ("GiroCode"): EPC069-12, version 002. Pure."""

from decimal import Decimal

from stdnum.iso11649 import is_valid as is_creditor_reference

from kontor_service.money import from_minor

_SMALLEST, _LARGEST = Decimal("0.01"), Decimal("999999999.99")
_MOST_BYTES = 331


def epc_payload(*, holder: str, iban: str, bic: str, amount_minor: int, currency: str, reference: str) -> str | None:
    """What the QR code holds, or None where the standard has no code for it (another currency, no amount).

    A creditor reference (ISO 11649, RF…) goes into the structured field, anything else into the text.
    """
    amount = from_minor(amount_minor, currency)
    if currency != "EUR" or not _SMALLEST <= amount <= _LARGEST:
        return None
    structured = reference if is_creditor_reference(reference) else ""
    text = "" if structured else reference[:140]
    lines = ["BCD", "002", "1", "SCT", bic, holder[:70], iban, f"EUR{amount:.2f}", "", structured, text]
    payload = "\n".join(lines).rstrip("\n")
    return payload if len(payload.encode()) <= _MOST_BYTES else None
