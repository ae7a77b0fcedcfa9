"""The text of an EPC QR code ("GiroCode"): a credit transfer that a banking app reads (EPC069-12, version 002). Pure.

Its third line says UTF-8: whoever draws the code encodes the text so.
"""

import re
from decimal import Decimal

from stdnum import iban as iban_number
from stdnum.iso11649 import is_valid as is_creditor_reference

_MOST = Decimal("999999999.99")
_NAME, _TEXT, _BYTES = 70, 140, 331
_BIC = re.compile(r"[A-Z0-9]{8}([A-Z0-9]{3})?")


def epc_payload(holder: str, iban: str, bic: str, amount: Decimal, reference: str) -> str:
    """Empty where no valid transfer of this amount, in euros, can be made of it.

    A line end within a field would become a field of its own, so there is none. A creditor reference (ISO 11649, RF…)
    goes into the structured field, without blanks; anything else into the text, as much of it as the code holds.
    """
    account, bank, structured = ("".join(value.split()).upper() for value in (iban, bic, reference))
    name = " ".join(holder.split())[:_NAME].rstrip()
    if not iban_number.is_valid(account) or not name or not 0 < amount <= _MOST:
        return ""
    named = is_creditor_reference(structured)
    fields = ["BCD", "002", "1", "SCT", bank if _BIC.fullmatch(bank) else "", name, account, f"EUR{amount:.2f}", ""]
    start = "\n".join([*fields, structured if named else "", ""])
    room = _BYTES - len(start.encode())
    text = "" if named else " ".join(reference.split())[:_TEXT].encode()[:room].decode(errors="ignore")
    return (start + text).rstrip("\n")
