"""Units of measure in words: UN/ECE Recommendation 20 and 21 (the latter with a leading X) as customers read them."""

import re
from decimal import Decimal
from functools import cache

from kontor_service.i18n import LANGUAGES, N_, speaking
from kontor_service.i18n import gettext as _

SYMBOLS = {
    "KGM": "kg", "GRM": "g", "MGM": "mg", "TNE": "t", "MTR": "m", "LM": "m", "CMT": "cm", "MMT": "mm", "KMT": "km", "DMT": "dm",
    "MTK": "m²", "CMK": "cm²", "MMK": "mm²", "KMK": "km²", "HAR": "ha", "MTQ": "m³", "CMQ": "cm³", "LTR": "l", "MLT": "ml",
    "HLT": "hl", "CLT": "cl", "KWH": "kWh", "MWH": "MWh", "WHR": "Wh", "KWT": "kW", "MAW": "MW", "WTT": "W", "KWP": "kWp",
    "AMP": "A", "VLT": "V", "BAR": "bar", "CEL": "°C", "P1": "%", "E34": "GB", "4L": "MB", "AD": "Byte", "INH": "in", "FOT": "ft",
}  # fmt: skip

# code: one, many
NAMES = {
    "C62": (N_("piece"), N_("pieces")), "H87": (N_("piece"), N_("pieces")), "EA": (N_("piece"), N_("pieces")),
    "NAR": (N_("piece"), N_("pieces")), "XPP": (N_("piece"), N_("pieces")), "ZZ": (N_("unit"), N_("units")),
    "E48": (N_("service unit"), N_("service units")), "HUR": (N_("hour"), N_("hours")),
    "LH": (N_("labour hour"), N_("labour hours")), "MIN": (N_("minute"), N_("minutes")),
    "SEC": (N_("second"), N_("seconds")), "DAY": (N_("day"), N_("days")),
    "E49": (N_("working day"), N_("working days")), "WEE": (N_("week"), N_("weeks")),
    "MON": (N_("month"), N_("months")), "QAN": (N_("quarter"), N_("quarters")), "ANN": (N_("year"), N_("years")),
    "LS": (N_("lump sum"), N_("lump sums")), "SET": (N_("set"), N_("sets")), "PR": (N_("pair"), N_("pairs")),
    "DZN": (N_("dozen"), N_("dozen")), "PK": (N_("pack"), N_("packs")), "XPK": (N_("pack"), N_("packs")),
    "XPA": (N_("packet"), N_("packets")), "XCT": (N_("carton"), N_("cartons")), "CT": (N_("carton"), N_("cartons")),
    "XBX": (N_("box"), N_("boxes")), "BX": (N_("box"), N_("boxes")), "XPX": (N_("pallet"), N_("pallets")),
    "PF": (N_("pallet"), N_("pallets")), "XBG": (N_("bag"), N_("bags")), "XSA": (N_("sack"), N_("sacks")),
    "XBO": (N_("bottle"), N_("bottles")), "BO": (N_("bottle"), N_("bottles")), "XCA": (N_("can"), N_("cans")),
    "XCR": (N_("crate"), N_("crates")), "XRO": (N_("roll"), N_("rolls")), "RO": (N_("roll"), N_("rolls")),
    "XTU": (N_("tube"), N_("tubes")), "XBA": (N_("barrel"), N_("barrels")), "XCI": (N_("canister"), N_("canisters")),
    "ST": (N_("sheet"), N_("sheets")), "E54": (N_("trip"), N_("trips")), "IE": (N_("person"), N_("persons")),
    "M36": (N_("month"), N_("months")), "SMI": (N_("mile"), N_("miles")), "XUN": (N_("unit"), N_("units")),
    "NMP": (N_("pack"), N_("packs")), "NPR": (N_("pair"), N_("pairs")), "XBE": (N_("bundle"), N_("bundles")),
    "XPC": (N_("parcel"), N_("parcels")), "XCS": (N_("crate"), N_("crates")), "XRL": (N_("roll"), N_("rolls")),
    "XJR": (N_("jar"), N_("jars")), "XBJ": (N_("bucket"), N_("buckets")), "XKI": (N_("set"), N_("sets")),
    "E51": (N_("job"), N_("jobs")), "ACT": (N_("activity"), N_("activities")),
}  # fmt: skip


def unit(code: str, quantity: Decimal | str) -> str:
    """The unit after this figure: 1 hour, 2 hours. A code not listed here stays a code rather than a wrong word."""
    if code in NAMES:
        return _(NAMES[code][0 if abs(Decimal(quantity)) == 1 else 1])
    return SYMBOLS.get(code, code)


# Abbreviations that are no symbols. In capitals some of them would be other codes: ST is a sheet.
_SHORT = {
    "h": "HUR", "std": "HUR", "stk": "C62", "st": "C62", "stck": "C62", "pcs": "C62", "psch": "LS", "pauschal": "LS", "pausch": "LS",
    "mon": "MON", "tg": "DAY", "qm": "MTK", "cbm": "MTQ", "lfm": "MTR", "lfdm": "MTR", "min": "MIN",
}  # fmt: skip
_CODE = re.compile(r"[A-Z0-9]{1,3}")


def unit_code(text: str) -> str:
    """The code of a unit as people write it: Stück, Std., kg, hours. What looks like a code or is not known stays."""
    return text if _CODE.fullmatch(text) else _codes().get(text.strip(" .").casefold(), text)


@cache
def _codes() -> dict[str, str]:
    found = {symbol.casefold(): code for code, symbol in reversed(SYMBOLS.items())}
    for language in LANGUAGES:
        with speaking(language):
            found |= {_(name).casefold(): code for code, names in reversed(NAMES.items()) for name in names}
    return found | _SHORT
