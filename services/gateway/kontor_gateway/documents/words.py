"""What units are called, and the order of document types in a portal."""

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_service.i18n import N_

# Invoices first (C1).
TYPES = (DocumentType.INVOICE, *(code for code in DocumentType if code is not DocumentType.INVOICE))

# UN/ECE Recommendation 20 and 21, as far as invoices of small and middle firms use them.
UNITS: dict[str, str] = {
    "C62": N_("pc."), "H87": N_("pc."), "EA": N_("pc."), "XPP": N_("pc."), "NAR": N_("pc."),
    "HUR": N_("h"), "MIN": N_("min"), "DAY": N_("days"), "WEE": N_("weeks"), "MON": N_("months"), "ANN": N_("years"),
    "LS": N_("flat"), "KGM": N_("kg"), "GRM": N_("g"), "TNE": N_("t"), "MTR": N_("m"), "LM": N_("m"), "CMT": N_("cm"),
    "MMT": N_("mm"), "KMT": N_("km"), "MTK": N_("m²"), "MTQ": N_("m³"), "LTR": N_("l"), "KWH": N_("kWh"),
    "MWH": N_("MWh"), "SET": N_("set"), "PR": N_("pair"), "XPK": N_("pack"), "XCT": N_("carton"), "P1": N_("%"),
}  # fmt: skip
