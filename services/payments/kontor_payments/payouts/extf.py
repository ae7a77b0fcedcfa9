"""DATEV's Buchungsstapel: header version 700, format version 13 (developer.datev.de, "DATEV-Format"). Pure.

Windows-1252, CRLF, texts in quotation marks, amounts with a comma. The year of a posting is that of the fiscal year in the header, so
one file holds postings of one fiscal year.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from kontor_payments.payouts.postings import Posting

_INFO = [f"Beleginfo - {part} {number}" for number in range(1, 9) for part in ("Art", "Inhalt")]
_EXTRA = [
    name
    for number in range(1, 21)
    for name in (f"Zusatzinformation - Art {number}", f"Zusatzinformation- Inhalt {number}")
]
COLUMNS = [
    "Umsatz (ohne Soll/Haben-Kz)", "Soll/Haben-Kennzeichen", "WKZ Umsatz", "Kurs", "Basis-Umsatz", "WKZ Basis-Umsatz", "Konto",
    "Gegenkonto (ohne BU-Schlüssel)", "BU-Schlüssel", "Belegdatum", "Belegfeld 1", "Belegfeld 2", "Skonto", "Buchungstext",
    "Postensperre", "Diverse Adressnummer", "Geschäftspartnerbank", "Sachverhalt", "Zinssperre", "Beleglink", *_INFO,
    "KOST1 - Kostenstelle", "KOST2 - Kostenstelle", "Kost-Menge", "EU-Land u. UStID (Bestimmung)", "EU-Steuersatz (Bestimmung)",
    "Abw. Versteuerungsart", "Sachverhalt L+L", "Funktionsergänzung L+L", "BU 49 Hauptfunktionstyp", "BU 49 Hauptfunktionsnummer",
    "BU 49 Funktionsergänzung", *_EXTRA, "Stück", "Gewicht", "Zahlweise", "Forderungsart", "Veranlagungsjahr",
    "Zugeordnete Fälligkeit", "Skontotyp", "Auftragsnummer", "Buchungstyp", "USt-Schlüssel (Anzahlungen)", "EU-Land (Anzahlungen)",
    "Sachverhalt L+L (Anzahlungen)", "EU-Steuersatz (Anzahlungen)", "Erlöskonto (Anzahlungen)", "Herkunft-Kz", "Buchungs GUID",
    "KOST-Datum", "SEPA-Mandatsreferenz", "Skontosperre", "Gesellschaftername", "Beteiligtennummer", "Identifikationsnummer",
    "Zeichnernummer", "Postensperre bis", "Bezeichnung SoBil-Sachverhalt", "Kennzeichen SoBil-Buchung", "Festschreibung",
    "Leistungsdatum", "Datum Zuord. Steuerperiode", "Fälligkeit", "Generalumkehr (GU)", "Steuersatz", "Land", "Abrechnungsreferenz",
    "BVV-Position", "EU-Land u. UStID (Ursprung)", "EU-Steuersatz (Ursprung)", "Abw. Skontokonto",
]  # fmt: skip
# Empty ones of these are written as two quotation marks, all others as nothing.
_TEXTS = {
    "Soll/Haben-Kennzeichen", "WKZ Umsatz", "WKZ Basis-Umsatz", "BU-Schlüssel", "Belegfeld 1", "Belegfeld 2", "Buchungstext",
    "Diverse Adressnummer", "Beleglink", *_INFO, "KOST1 - Kostenstelle", "KOST2 - Kostenstelle", "EU-Land u. UStID (Bestimmung)",
    "Abw. Versteuerungsart", *_EXTRA, "Auftragsnummer", "EU-Land (Anzahlungen)", "Herkunft-Kz", "Buchungs GUID",
    "SEPA-Mandatsreferenz", "Gesellschaftername", "Identifikationsnummer", "Zeichnernummer", "Bezeichnung SoBil-Sachverhalt",
    "Generalumkehr (GU)", "Land", "Abrechnungsreferenz", "EU-Land u. UStID (Ursprung)",
}  # fmt: skip
_LONGEST_DOCUMENT, _LONGEST_TEXT = 36, 60


@dataclass(frozen=True)
class Batch:
    """What the header says. `first` and `last` lie in one fiscal year, which begins on the first of `fiscal_month`."""

    consultant: int
    client: int
    account_length: int
    fiscal_month: int
    # SKR03 or SKR04
    chart: str
    first: date
    last: date
    name: str
    created_at: datetime


def booking_batch(batch: Batch, account: str, postings: Iterable[Posting]) -> bytes:
    """The file: postings in euros on one account."""
    lines = [_header(batch), ";".join(COLUMNS), *(_line(posting, account) for posting in postings)]
    text = "".join(f"{line}\r\n" for line in lines)
    return text.encode("cp1252", errors="replace")


def fiscal_year_start(day: date, month: int) -> date:
    """Of the fiscal year in which the day lies."""
    return date(day.year if day.month >= month else day.year - 1, month, 1)


def _header(batch: Batch) -> str:
    created = f"{batch.created_at:%Y%m%d%H%M%S}{batch.created_at.microsecond // 1000:03}"
    start = fiscal_year_start(batch.first, batch.fiscal_month)
    fields = [
        '"EXTF"', "700", "21", '"Buchungsstapel"', "13", created, "", '"KO"', '""', '""', str(batch.consultant), str(batch.client),
        f"{start:%Y%m%d}", str(batch.account_length), f"{batch.first:%Y%m%d}", f"{batch.last:%Y%m%d}", _quoted(batch.name[:30]), '""',
        # Bookkeeping, for no certain purpose, and not final: the tax adviser may still change it.
        "1", "0", "0", '"EUR"', "", '""', "", "", f'"{batch.chart[-2:]}"', "", "", '""', '""',
    ]  # fmt: skip
    return ";".join(fields)


def _line(posting: Posting, account: str) -> str:
    amount = abs(posting.amount_minor)
    values = {
        "Umsatz (ohne Soll/Haben-Kz)": f"{amount // 100},{amount % 100:02}",
        "Soll/Haben-Kennzeichen": "S" if posting.amount_minor > 0 else "H",
        "Konto": account,
        "Gegenkonto (ohne BU-Schlüssel)": posting.contra,
        "BU-Schlüssel": posting.tax_key.zfill(4) if posting.tax_key else "",
        "Belegdatum": f"{posting.on:%d%m}",
        # What else stands in a number, DATEV refuses.
        "Belegfeld 1": re.sub(r"[^A-Za-z0-9_$%&*+/-]", "-", posting.document)[:_LONGEST_DOCUMENT],
        "Buchungstext": "".join(sign for sign in posting.text if sign.isprintable())[:_LONGEST_TEXT],
        "Festschreibung": "0",
    }
    return ";".join(_quoted(values.get(name, "")) if name in _TEXTS else values.get(name, "") for name in COLUMNS)


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
