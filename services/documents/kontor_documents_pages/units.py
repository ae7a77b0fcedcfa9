"""What units are called."""

from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _

# UN/ECE Recommendation 20 and 21, as far as invoices of small and middle firms use them.
_UNITS: dict[str, str] = {
    "C62": N_("pc."), "H87": N_("pc."), "EA": N_("pc."), "XPP": N_("pc."), "NAR": N_("pc."),
    "HUR": N_("h"), "MIN": N_("min"), "DAY": N_("days"), "WEE": N_("weeks"), "MON": N_("months"), "ANN": N_("years"),
    "LS": N_("flat"), "KGM": N_("kg"), "GRM": N_("g"), "TNE": N_("t"), "MTR": N_("m"), "LM": N_("m"), "CMT": N_("cm"),
    "MMT": N_("mm"), "KMT": N_("km"), "MTK": N_("m²"), "MTQ": N_("m³"), "LTR": N_("l"), "KWH": N_("kWh"),
    "MWH": N_("MWh"), "SET": N_("set"), "PR": N_("pair"), "XPK": N_("pack"), "XCT": N_("carton"), "P1": N_("%"),
}  # fmt: skip


def unit(code: str) -> str:
    """A unit of UN/ECE Recommendation 20 in words; its code where we have none."""
    return _(_UNITS[code]) if code in _UNITS else code
