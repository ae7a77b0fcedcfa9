"""What is said of an item, in the reader's language. Codes are stable; placeholders are what plausibility found."""

from collections.abc import Mapping

SENTENCES: dict[str, tuple[str, str]] = {
    # code: (German, English)
    "body": ("Die Zeile ist nicht lesbar.", "The line cannot be read."),
    "not_an_object": ("Hier wird ein Objekt erwartet.", "An object is expected here."),
    "not_a_list": ("Hier wird eine Liste erwartet.", "A list is expected here."),
    "not_a_text": ("Hier wird ein kurzer Text erwartet.", "A short text is expected here."),
    "too_many_values": ("Höchstens 40.000 Werte auf einmal.", "At most 40,000 values at once."),
    "missing": ("Diese Angabe fehlt.", "This is missing."),
    "columns": ("Die Zeile hat mehr Spalten als die Überschrift.", "The line has more columns than the heading."),
    "unknown_meter": (
        "Den Zähler {meter} gibt es noch nicht. Die Werte warten auf ihn.",
        "There is no meter {meter} yet. The values wait for it.",
    ),
    "not_stored": (
        "Der Stand widerspricht einem anderen und wurde nicht gespeichert.",
        "The reading contradicts another one and was not stored.",
    ),
    "expired": (
        "Den Zähler {meter} gab es drei Monate lang nicht. Die Werte wurden verworfen.",
        "There was no meter {meter} for three months. The values were dropped.",
    ),
    "unknown_register": ("Dieser Zähler hat kein solches Zählwerk.", "This meter has no such register."),
    "ambiguous_register": (
        "Mehrere Zählwerke kommen in Frage; bitte die OBIS-Kennzahl angeben.",
        "Several registers are possible; name the OBIS code.",
    ),
    "not_interval": (
        "Für dieses Zählwerk sind keine Viertelstundenwerte vorgesehen.",
        "This register is not meant for 15-minute values.",
    ),
    "no_instant": ("Das ist kein Zeitpunkt nach ISO 8601.", "This is no instant as in ISO 8601."),
    "not_a_date": ("Das ist kein Datum (31.12.2025 oder 2025-12-31).", "This is no date (2025-12-31 or 31.12.2025)."),
    "no_time_zone": ("Der Zeitpunkt braucht eine Zeitzone, z. B. +01:00.", "The instant needs an offset, e.g. +01:00."),
    "step": ("Nur Abstände von 15 Minuten werden angenommen.", "Only steps of 15 minutes are taken."),
    "off_grid": ("Viertelstunden beginnen bei :00, :15, :30 oder :45.", "Quarter hours begin at :00, :15, :30 or :45."),
    "too_old": ("Werte vor dem Jahr 2000 werden nicht angenommen.", "Values before the year 2000 are not taken."),
    "unit": ("Diese Einheit passt nicht zum Zählwerk.", "This unit does not fit the register."),
    "not_a_number": ("Das ist keine Zahl.", "This is not a number."),
    "negative": ("Der Wert ist negativ.", "The value is negative."),
    "too_high": ("Der Wert ist unglaubwürdig hoch.", "The value is too high to be believed."),
    "too_many_decimals": ("Der Wert hat mehr als sechs Nachkommastellen.", "The value has more than six decimals."),
    "reason": ("Diesen Ablesegrund gibt es nicht.", "There is no such reason."),
    "future": ("Der Zeitpunkt liegt in der Zukunft.", "This lies in the future."),
    "before_use": ("Da war der Zähler noch nicht in Betrieb.", "The meter was not in use yet."),
    "after_use": ("Da war der Zähler nicht mehr in Betrieb.", "The meter was no longer in use."),
    "falling": (
        "Der Wert ist niedriger als der vorige ({before} am {before_on}).",
        "The value is lower than the one before ({before} on {before_on}).",
    ),
    "rollover": ("Das Zählwerk ist über null gelaufen.", "The register went through zero."),
    "above_next": (
        "Der Wert ist höher als der folgende ({next} am {next_on}).",
        "The value is higher than the next one ({next} on {next_on}).",
    ),
    "jump": (
        "Der Verbrauch wäre ungewöhnlich hoch ({used} {unit}).",
        "This would be an unusual consumption ({used} {unit}).",
    ),
    "duplicate": ("Für diesen Tag gibt es schon einen Stand.", "There is a reading of this day already."),
    "digits": (
        "Der Wert passt nicht zu den Stellen des Zählwerks ({digits_before} vor, {digits_after} nach dem Komma).",
        "The value does not fit the register's digits ({digits_before} before, {digits_after} after the point).",
    ),
    "same": ("Dieser Wert ist schon da.", "This value is there already."),
    "corrected": ("Der Wert ersetzt einen früheren.", "The value replaces an earlier one."),
    "external_id_reused": (
        "Diese Kennung gehört schon zu einem anderen Stand.",
        "This external id stands for another reading.",
    ),
    "same_meter": ("Der Zähler ist schon so bekannt.", "The meter is known like this already."),
    "changed_meter": ("Der Zähler wird geändert.", "The meter is changed."),
    "with_meter": ("Der Zähler ist wegen Zeile {line} abgelehnt.", "The meter is refused because of line {line}."),
    "number_in_use": (
        "Ein Zähler in Betrieb hat diese Nummer schon.",
        "A meter in use has this number already.",
    ),
    "choice": ("Möglich sind: {choices}.", "Possible are: {choices}."),
}
_MORE = (" Das betrifft {count} Werte.", " This concerns {count} values.")
_DOUBT = (" Der Wert zählt erst, wenn er geprüft ist.", " The value counts once it is checked.")
_OUTCOMES = {
    "stored": ("gespeichert", "stored"),
    "questioned": ("gespeichert, zu prüfen", "stored, to be checked"),
    "duplicate": ("schon vorhanden", "already there"),
    "corrected": ("ersetzt einen früheren Wert", "replaces an earlier value"),
    "parked": ("wartet auf den Zähler", "waits for the meter"),
    "refused": ("abgelehnt", "refused"),
}


def sentence(code: str, values: Mapping[str, str], language: str) -> str:
    """Codes of other features that have no sentence here speak for themselves with the detail that came along."""
    place = 0 if language.startswith("de") else 1
    if code not in SENTENCES:
        return values.get("detail", "") or code.replace("_", " ")
    text = SENTENCES[code][place].format_map(_Told(values)).replace("m3)", "m³)")
    return text + _MORE[place].format_map(values) if "count" in values else text


def doubt(language: str) -> str:
    return _DOUBT[0 if language.startswith("de") else 1]


def outcome(code: str, language: str) -> str:
    return _OUTCOMES[code][0 if language.startswith("de") else 1]


class _Told(dict[str, str]):
    """What plausibility does not tell is a dash."""

    def __missing__(self, name: str) -> str:
        return "–"
