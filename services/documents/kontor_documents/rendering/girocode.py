"""The EPC QR code (GiroCode): a credit transfer a banking app can read (EPC069-12, version 002)."""

import re
from decimal import Decimal
from io import BytesIO

import segno

from kontor_documents.einvoice.totals import round_amount

MOST = Decimal("999999999.99")
NAME, TEXT, PAYLOAD = 70, 140, 331
IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
BIC = re.compile(r"[A-Z0-9]{8}([A-Z0-9]{3})?")

# Any of the eight masks is read by every scanner; comparing them all would be a quarter of the work of rendering an invoice.
MASK = 0


def girocode(holder: str, iban: str, bic: str, amount: Decimal, text: str) -> str:
    """The code as SVG, or nothing where no valid transfer in euros can be made of it."""
    content = payload(holder, iban, bic, amount, text)
    if not content:
        return ""
    code = segno.make_qr(content.encode(), error="m", mask=MASK, boost_error=False)
    target = BytesIO()
    code.save(target, kind="svg", border=0, xmldecl=False, nl=False)
    return target.getvalue().decode()


def payload(holder: str, iban: str, bic: str, amount: Decimal, text: str) -> str:
    """The lines of the code: a line end within a field would become a field of its own, so there is none."""
    account, bank = ("".join(value.split()).upper() for value in (iban, bic))
    name = " ".join(holder.split())[:NAME].rstrip()
    due = round_amount(amount, "EUR")
    if not IBAN.fullmatch(account) or not name or not 0 < due <= MOST:
        return ""
    fields = ["BCD", "002", "1", "SCT", bank if BIC.fullmatch(bank) else "", name, account, f"EUR{due}", "", ""]
    start = "\n".join([*fields, ""])
    room = PAYLOAD - len(start.encode())
    remittance = " ".join(text.split())[:TEXT].encode()[:room].decode(errors="ignore").rstrip()
    return start + remittance
