"""The few code lists of EN 16931 that decide something here; all others are the schematron's to check."""

from functools import cache

from babel import localedata

# UNTDID 1001, those EN 16931 calls credit notes.
CREDIT_NOTE_CODES = frozenset("81 83 261 262 296 308 381 396 420 458 532".split())
# BR-CL-24: what may be embedded as BT-125.
EMBEDDABLE = frozenset(
    {
        "application/pdf",
        "image/png",
        "image/jpeg",
        "text/csv",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.oasis.opendocument.spreadsheet",
    }
)
# Guideline identifiers (BT-24) written here.
ZUGFERD_EN16931 = "urn:cen.eu:en16931:2017"
XRECHNUNG = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
# BT-23 that XRechnung asks for.
PEPPOL_BILLING = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"


@cache
def currencies() -> frozenset[str]:
    """ISO 4217 codes, as CLDR names them."""
    return frozenset(code for code in localedata.load("en")["currency_names"] if len(code) == 3)
