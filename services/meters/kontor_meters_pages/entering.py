"""Readings from a form to their owner and back: what is typed, what became of each, what may be insisted on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kontor_meters_pages.words import finding_sentence
from kontor_service.i18n import gettext as _
from kontor_web import Form


@dataclass(frozen=True, slots=True)
class Done:
    """A reading that was taken. `checked`: staff look at it first. `notes`: what is told about it."""

    meter: dict[str, Any]
    register: dict[str, Any]
    value: str
    day: date
    checked: bool
    notes: list[str]


@dataclass(slots=True)
class Entry:
    """One screen of meters, its form, and what became of it. `secret`: nothing of the meters' past may be said.
    `say` makes a sentence of a finding and the register's unit."""

    meters: list[dict[str, Any]]
    form: Form
    today: date
    secret: bool = False
    say: Callable[[Mapping[str, Any], str], str] | None = None
    done: dict[str, Done] = field(default_factory=dict)
    # Registers whose reading may be insisted on.
    doubted: set[str] = field(default_factory=set)

    @property
    def finished(self) -> bool:
        return bool(self.done) and self.form.ok

    @property
    def waiting(self) -> list[dict[str, Any]]:
        """Meters of which something is still to be entered."""
        return [m for m in self.meters if any(r["id"] not in self.done for r in m["registers"])]

    def day_of(self, meter: dict[str, Any]) -> date:
        """The meter's own date, or the one for all."""
        return self.form.day(f"day-{meter['id']}") or self.form.day("day") or self.today

    @property
    def typed(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """The meter and register of each field that is filled in."""
        value = self.form.value
        return [(m, r) for m in self.meters for r in m["registers"] if value(f"value-{r['id']}").strip()]

    def wanted(self, more: dict[str, str]) -> list[dict[str, Any]]:
        """The typed readings as their owner expects them, each with the fields in `more`."""
        return [self._wanted(meter, register) | more for meter, register in self.typed]

    def _wanted(self, meter: dict[str, Any], register: dict[str, Any]) -> dict[str, Any]:
        form = self.form
        found = {
            "register_id": register["id"], "value": form.text(f"value-{register['id']}", limit=40),
            "taken_on": self.day_of(meter).isoformat(), "insist": form.flag(f"insist-{register['id']}"),
        }  # fmt: skip
        photo = form.text(f"shot-{meter['id']}", limit=64)
        return found | ({"photo_sha256": photo} if photo else {})

    def note(self, results: list[dict[str, Any]]) -> None:
        """What became of each of what was typed, in the same order."""
        for (meter, register), result in zip(self.typed, results, strict=True):
            self._note(meter, register, result)

    def _note(self, meter: dict[str, Any], register: dict[str, Any], result: dict[str, Any]) -> None:
        outcome, name = result["outcome"], f"value-{register['id']}"
        findings = result.get("findings") or []
        if outcome in ("stored", "questioned"):
            value = self.form.values.pop(name)[0].strip()
            self.form.values.pop(f"insist-{register['id']}", None)
            notes = [self._say(found, register) for found in findings if found["severity"] == "note"]
            day = self.day_of(meter)
            self.done[register["id"]] = Done(meter, register, value, day, outcome == "questioned", notes)
            return
        warnings = [self._say(found, register) for found in findings if found["severity"] != "note"]
        self.form.error(name, " ".join(dict.fromkeys(warnings)) or _("This reading was not taken."))
        if outcome == "asks_back":
            self.doubted.add(register["id"])

    def _say(self, found: Mapping[str, Any], register: dict[str, Any]) -> str:
        return (
            self.say(found, register["unit"])
            if self.say
            else finding_sentence(found, register["unit"], secret=self.secret)
        )
