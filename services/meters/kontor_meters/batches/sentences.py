"""What is said of an item, in the reader's language. Codes are stable; placeholders are what plausibility found."""

from collections.abc import Mapping

from kontor_service.i18n import N_, pgettext, speaking
from kontor_service.i18n import gettext as _

SENTENCES = {
    "body": N_("The line cannot be read."),
    "not_an_object": N_("An object is expected here."),
    "not_a_list": N_("A list is expected here."),
    "not_a_text": N_("A short text is expected here."),
    "too_many_values": N_("At most 40,000 values at once."),
    "missing": N_("This is missing."),
    "columns": N_("The line has more columns than the heading."),
    "unknown_meter": N_("There is no meter {meter} yet. The values wait for it."),
    "not_stored": N_("The reading contradicts another one and was not stored."),
    "expired": N_("There was no meter {meter} for three months. The values were dropped."),
    "unknown_register": N_("This meter has no such register."),
    "ambiguous_register": N_("Several registers are possible; name the OBIS code."),
    "not_interval": N_("This register is not meant for 15-minute values."),
    "no_instant": N_("This is no instant as in ISO 8601."),
    "not_a_date": N_("This is no date (2025-12-31 or 31.12.2025)."),
    "no_time_zone": N_("The instant needs an offset, e.g. +01:00."),
    "step": N_("Only steps of 15 minutes are taken."),
    "off_grid": N_("Quarter hours begin at :00, :15, :30 or :45."),
    "too_old": N_("Values before the year 2000 are not taken."),
    "unit": N_("This unit does not fit the register."),
    "not_a_number": N_("This is not a number."),
    "negative": N_("The value is negative."),
    "too_high": N_("The value is too high to be believed."),
    "too_many_decimals": N_("The value has more than six decimals."),
    "reason": N_("There is no such reason."),
    "future": N_("This lies in the future."),
    "before_use": N_("The meter was not in use yet on this day."),
    "after_use": N_("The meter was no longer in use."),
    "falling": N_("The value is lower than the one before ({before} on {before_on})."),
    "rollover": N_("The register went through zero."),
    "above_next": N_("The value is higher than the next one ({next} on {next_on})."),
    "jump": N_("This would be an unusual consumption ({used} {unit})."),
    "duplicate": N_("There is a reading of this day already."),
    "digits": N_(
        "The value does not fit the register's digits ({digits_before} before, {digits_after} after the point)."
    ),
    "same": N_("This value is there already."),
    "corrected": N_("The value replaces an earlier one."),
    "external_id_reused": N_("This external id stands for another reading."),
    "same_meter": N_("The meter is known like this already."),
    "changed_meter": N_("The meter is changed."),
    "with_meter": N_("The meter is refused because of line {line}."),
    "number_in_use": N_("A meter in use has this number already."),
    "choice": N_("Possible are: {choices}."),
}
_OUTCOMES = {
    "stored": N_("stored"),
    "questioned": N_("stored, to be checked"),
    "duplicate": N_("already there"),
    "corrected": N_("replaces an earlier value"),
    "parked": N_("waits for the meter"),
}


def sentence(code: str, values: Mapping[str, str], language: str, outcome: str = "") -> str:
    """Codes of other features that have no sentence here speak for themselves with the detail that came along."""
    with speaking(language):
        known = _(SENTENCES[code]).format_map(_Known(values)).replace("m3)", "m³)") if code in SENTENCES else ""
        parts = [known or values.get("detail", "") or code.replace("_", " ")]
        if known and "count" in values:
            parts.append(_("This concerns {count} values.").format_map(values))
        if outcome == "questioned":
            parts.append(_("The value counts once it is checked."))
    return " ".join(parts)


def outcome(code: str, language: str) -> str:
    with speaking(language):
        # Of a line: an invoice is refused in another German word.
        return pgettext("line", "refused") if code == "refused" else _(_OUTCOMES[code])


class _Known(dict[str, str]):
    """What plausibility does not tell is a dash."""

    def __missing__(self, name: str) -> str:
        return "–"
