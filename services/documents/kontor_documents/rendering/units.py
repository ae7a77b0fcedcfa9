"""Units of measure in words: UN/ECE Recommendation 20 and 21 (the latter with a leading X) as customers read them."""

from decimal import Decimal

from kontor_documents.rendering.formats import Formats
from kontor_documents.rendering.wording import words
from kontor_service.i18n import Language

SYMBOLS = {
    "KGM": "kg", "GRM": "g", "MGM": "mg", "TNE": "t", "MTR": "m", "CMT": "cm", "MMT": "mm", "KMT": "km", "DMT": "dm",
    "MTK": "m²", "CMK": "cm²", "MMK": "mm²", "KMK": "km²", "HAR": "ha", "MTQ": "m³", "CMQ": "cm³", "LTR": "l", "MLT": "ml",
    "HLT": "hl", "CLT": "cl", "KWH": "kWh", "MWH": "MWh", "WHR": "Wh", "KWT": "kW", "MAW": "MW", "WTT": "W", "KWP": "kWp",
    "AMP": "A", "VLT": "V", "BAR": "bar", "CEL": "°C", "P1": "%", "E34": "GB", "4L": "MB", "AD": "Byte", "INH": "in", "FOT": "ft",
}  # fmt: skip

# code: singular, plural
NAMES = {
    "C62": ("Stück", "Stück"), "H87": ("Stück", "Stück"), "EA": ("Stück", "Stück"), "NAR": ("Stück", "Stück"),
    "XPP": ("Stück", "Stück"), "ZZ": ("Einheit", "Einheiten"), "E48": ("Leistungseinheit", "Leistungseinheiten"),
    "HUR": ("Stunde", "Stunden"), "LH": ("Arbeitsstunde", "Arbeitsstunden"), "MIN": ("Minute", "Minuten"),
    "SEC": ("Sekunde", "Sekunden"), "DAY": ("Tag", "Tage"), "E49": ("Arbeitstag", "Arbeitstage"),
    "WEE": ("Woche", "Wochen"), "MON": ("Monat", "Monate"), "QAN": ("Quartal", "Quartale"), "ANN": ("Jahr", "Jahre"),
    "LS": ("Pauschale", "Pauschalen"), "SET": ("Satz", "Sätze"), "PR": ("Paar", "Paar"), "DZN": ("Dutzend", "Dutzend"),
    "PK": ("Packung", "Packungen"), "XPK": ("Packung", "Packungen"), "XPA": ("Päckchen", "Päckchen"),
    "XCT": ("Karton", "Kartons"), "CT": ("Karton", "Kartons"), "XBX": ("Kiste", "Kisten"), "BX": ("Kiste", "Kisten"),
    "XPX": ("Palette", "Paletten"), "PF": ("Palette", "Paletten"), "XBG": ("Beutel", "Beutel"), "XSA": ("Sack", "Säcke"),
    "XBO": ("Flasche", "Flaschen"), "BO": ("Flasche", "Flaschen"), "XCA": ("Dose", "Dosen"), "XCR": ("Kasten", "Kästen"),
    "XRO": ("Rolle", "Rollen"), "RO": ("Rolle", "Rollen"), "XTU": ("Tube", "Tuben"), "XBA": ("Fass", "Fässer"),
    "XCI": ("Kanister", "Kanister"), "ST": ("Blatt", "Blatt"), "E54": ("Fahrt", "Fahrten"), "IE": ("Person", "Personen"),
    "M36": ("Monat", "Monate"), "SMI": ("Meile", "Meilen"),
}  # fmt: skip


def quantity(value: Decimal, unit: str, formats: Formats) -> tuple[str, str]:
    """The figure and the unit, e.g. ("2,5", "Stunden"). A code not listed here stays a code rather than a wrong word."""
    return formats.number(value), unit_name(unit, value, formats.language)


def unit_name(unit: str, value: Decimal, language: Language) -> str:
    if unit in NAMES:
        singular, plural = NAMES[unit]
        return words(language).ngettext(singular, plural, 1 if abs(value) == 1 else 2)
    return SYMBOLS.get(unit, unit)
