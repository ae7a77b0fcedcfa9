"""The EPC QR code (GiroCode) as a picture."""

from io import BytesIO

import segno

# Any of the eight masks is read by every scanner; comparing them all would be a quarter of the work of rendering an invoice.
MASK = 0


def girocode(payload: str) -> str:
    """The code as SVG, in UTF-8 as its text says; empty for none."""
    if not payload:
        return ""
    code = segno.make_qr(payload.encode(), error="m", mask=MASK, boost_error=False)
    target = BytesIO()
    code.save(target, kind="svg", border=0, xmldecl=False, nl=False)
    return target.getvalue().decode()
