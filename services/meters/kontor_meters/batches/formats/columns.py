"""The columns of CSV files, as data: what they are called, and which words may stand in them."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Column:
    """`german` and `english` head the template; `others` are understood besides. `words`: how a choice may be written."""

    name: str
    german: str
    english: str
    others: tuple[str, ...] = ()
    required: bool = False
    examples: tuple[str, ...] = ("", "")
    words: Mapping[str, str] = field(default_factory=dict)


def folded(text: str) -> str:
    """Without what people write differently: case, umlauts, spaces, punctuation, units in brackets."""
    plain = re.sub(r"[(\[].*?[)\]]", "", text).lower()
    for umlaut, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        plain = plain.replace(umlaut, letters)
    return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKD", plain))


def _words(**lists: str) -> dict[str, str]:
    return {folded(word): name for name, words in lists.items() for word in (name, *words.split())}


YES = _words(yes="ja j y true wahr x 1", no="nein n false falsch 0")
REASONS = _words(
    regular="turnus turnusablesung regulär jahresablesung",
    move_in="einzug einzugsablesung",
    move_out="auszug auszugsablesung",
    interim="zwischenablesung kontrollablesung zwischenstand",
    final="schlussablesung endablesung abschluss",
)
KINDS = _words(
    electricity="strom elektrizität elektro",
    gas="erdgas",
    water="wasser kaltwasser warmwasser",
    heat="wärme fernwärme heizung",
)
DIRECTIONS = _words(consumption="bezug verbrauch entnahme", feed_in="einspeisung lieferung rückspeisung feedin")
TARIFFS = _words(single="et eintarif einzeltarif", high="ht hochtarif haupttarif", low="nt niedertarif nebentarif")
UNITS = _words(kWh="kwh", MWh="mwh", m3="m3 m³ cbm kubikmeter", GJ="gj")

READINGS = (
    Column("meter", "Zählernummer", "Meter number",
           ("Zähler", "Zählernr", "Zähler-Nr.", "Gerätenummer", "Serialnummer", "meter", "number", "meter no", "meter id", "serial"),
           True, ("1ESY1160000001", "7GMT0002345678")),
    Column("obis", "OBIS", "OBIS",
           ("OBIS-Kennzahl", "OBIS-Code", "Kennzahl", "Zählwerk", "register"), False, ("1-0:1.8.0", "")),
    Column("value", "Zählerstand", "Reading",
           ("Stand", "Wert", "Messwert", "Ablesewert", "value", "meter reading", "Verbrauch", "Energie"), True, ("12345,6", "873")),
    Column("taken_on", "Ablesedatum", "Date",
           ("Datum", "abgelesen am", "Tag", "reading date", "taken at", "taken on", "Zeitpunkt", "Ablesezeitpunkt"),
           False, ("31.12.2025", "2025-12-31")),
    Column("time", "Uhrzeit", "Time", ("Zeit", "Ablesezeit", "reading time")),
    Column("start", "Beginn", "Start",
           ("Zeitstempel", "von", "ab", "Intervallbeginn", "Startzeit", "timestamp", "from", "interval start")),
    Column("offset", "Zeitzone", "Time zone", ("UTC-Offset", "Offset", "UTC-Versatz", "Zeitversatz", "Zeitverschiebung", "tz")),
    Column("unit", "Einheit", "Unit", ("unit of measure",)),
    Column("reason", "Grund", "Reason", ("Ablesegrund", "reading reason"), False, ("Turnus", "Auszug"), REASONS),
    Column("external_id", "Kennung", "External id", ("Fremdschlüssel", "externe ID", "externe Kennung", "id"), False),
)  # fmt: skip

METERS = (
    Column("number", "Zählernummer", "Meter number",
           ("Zähler", "Zählernr", "Zähler-Nr.", "Gerätenummer", "Serialnummer", "meter", "number", "serial"),
           True, ("1ESY1160000001", "7GMT0002345678")),
    Column("kind", "Sparte", "Kind", ("Art", "Medium", "Energieart", "type"), True, ("Strom", "Gas"), KINDS),
    Column("in_use_from", "In Betrieb ab", "In use from",
           ("Einbaudatum", "Einbau", "installed on", "Inbetriebnahme"), True, ("01.01.2024", "2024-01-01")),
    Column("obis", "OBIS", "OBIS", ("OBIS-Kennzahl", "OBIS-Code", "Kennzahl"), False, ("1-0:1.8.0", "7-0:3.0.0")),
    Column("unit", "Einheit", "Unit", (), True, ("kWh", "m³"), UNITS),
    Column("direction", "Richtung", "Direction", ("Energierichtung",), False, ("Bezug", "Bezug"), DIRECTIONS),
    Column("tariff", "Tarif", "Tariff", ("Tarifart", "Zählwerk"), False, ("HT", "ET"), TARIFFS),
    Column("digits_before", "Vorkommastellen", "Digits before", ("Stellen", "digits"), False, ("6", "5")),
    Column("digits_after", "Nachkommastellen", "Digits after", ("decimals",), False, ("1", "2")),
    Column("factor", "Wandlerfaktor", "Factor", ("Faktor",), False, ("1", "1")),
    Column("interval", "Viertelstundenwerte", "15-minute values", ("Lastgang", "RLM", "interval"), False, ("ja", "nein"), YES),
    Column("market_location_id", "Marktlokation", "Market location",
           ("MaLo", "MaLo-ID", "Marktlokations-ID", "market location id")),
    Column("customer_number", "Kundennummer", "Customer number", ("Kunde", "Kundennr", "Kunden-Nr.", "customer"), False,
           ("K-1001", "K-1001")),
    Column("label", "Bezeichnung", "Label", ("Name", "Beschreibung"), False, ("Allgemeinstrom", "")),
    Column("street", "Straße", "Street", ("Strasse und Hausnummer", "Adresse", "address"), False, ("Hauptstr. 1", "Hauptstr. 1")),
    Column("post_code", "PLZ", "Post code", ("Postleitzahl", "zip"), False, ("10115", "10115")),
    Column("city", "Ort", "City", ("Stadt", "town"), False, ("Berlin", "Berlin")),
    Column("country", "Land", "Country", ("Ländercode",)),
    Column("detail", "Lage", "Location", ("Standort", "Ort des Zählers", "place")),
    Column("external_id", "Kennung", "External id", ("Fremdschlüssel", "externe ID", "externe Kennung", "id"), False),
)  # fmt: skip

COLUMNS = {"readings": READINGS, "meters": METERS}


def known_as(columns: tuple[Column, ...]) -> dict[str, Column]:
    """Every spelling of a heading, folded."""
    return {
        folded(spelling): column
        for column in reversed(columns)
        for spelling in (column.name, column.german, column.english, *column.others)
    }


def template(kind: str, language: str) -> str:
    """A file to fill in, with two lines as examples; semicolons and a byte order mark, as spreadsheets like it."""
    columns = [column for column in COLUMNS[kind] if column.required or any(column.examples) or kind == "meters"]
    head = [column.german if language.startswith("de") else column.english for column in columns]
    lines = [head, *([column.examples[n] for column in columns] for n in (0, 1))]
    return "\ufeff" + "".join(";".join(line) + "\r\n" for line in lines)
