"""Readings from a form to their owner and back: what is typed, what became of each, what may be insisted on."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from fastapi import Request

from kontor_meters_pages.portal.commands import Commands
from kontor_meters_pages.portal.words import REASONS
from kontor_meters_pages.words import finding_sentence
from kontor_service.errors import Conflict, Invalid, Problem, TooLarge, TooMany, Unavailable
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _
from kontor_web import Form

_TAKEN = ("stored", "questioned")


class FormTooLarge(TooLarge):
    code = "file_too_large"
    # The detail is a sentence in the reader's language.
    for_people = True


class LengthMissing(Problem):
    status, code, title = 411, "length_missing", N_("The length of the request must be said.")


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
    """One screen of meters, its form, and what became of it. `secret`: nothing of the meters' past may be said."""

    meters: list[dict[str, Any]]
    form: Form
    today: date
    secret: bool = False
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


def by_hand(meters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the registers that send by themselves."""
    read = [m | {"registers": [r for r in m["registers"] if not r["interval"]]} for m in meters]
    return [meter for meter in read if meter["registers"]]


def to_enter(meters: list[dict[str, Any]], waiting: set[str], form: Form | None = None) -> list[dict[str, Any]]:
    """Those still waited for, and those of which the form has something: a second click finds what the first one did."""

    def typed(meter: dict[str, Any]) -> bool:
        return form is not None and any(form.value(f"value-{register['id']}") for register in meter["registers"])

    return [meter for meter in meters if meter["id"] in waiting or typed(meter)]


def check_size(request: Request, limit: int) -> None:
    """Raises FormTooLarge, LengthMissing: a form is kept on disk while it is read."""
    said = request.headers.get("content-length", "")
    if not said.isdigit():
        raise LengthMissing
    if int(said) > limit:
        raise FormTooLarge(
            _("The photos are too large together: at most %(most)s MB go up at once.", most=limit // 1024**2)
        )


async def enter(commands: Commands, entry: Entry) -> int:
    """Hands in what was typed and notes in the entry what became of it. The status of the page that shows it."""
    form = entry.form
    typed = [(m, r) for m in entry.meters for r in m["registers"] if form.text(f"value-{r['id']}", limit=40)]
    if not typed:
        form.problem = _("Please enter at least one reading.")
        return 422
    reason = form.choice("reason", REASONS) if form.value("reason") else ""
    days = {meter["id"]: entry.day_of(meter) for meter, _register in typed}
    try:
        await _keep_photos(commands, entry)
        if not form.ok:
            return 422
        wanted = [_wanted(form, meter, register, days[meter["id"]], reason) for meter, register in typed]
        results = await _handed_in(commands, form, wanted)
    except Problem as problem:
        return _refused(form, problem)
    for (meter, register), result in zip(typed, results, strict=True):
        _note(entry, meter, register, days[meter["id"]], result)
    form.values["key"] = [str(uuid4())]
    return 200 if form.ok else 422


async def _keep_photos(commands: Commands, entry: Entry) -> None:
    """Before the readings: what is refused then comes back with its photos kept."""
    for meter in entry.meters:
        for photo in entry.form.files(f"photo-{meter['id']}")[:1]:
            try:
                entry.form.values[f"shot-{meter['id']}"] = [await commands.keep_photo(photo)]
            except Invalid:
                entry.form.error(f"photo-{meter['id']}", _("This is not a picture that we can read."))
            except TooLarge:
                entry.form.error(f"photo-{meter['id']}", _("This picture is too large: at most 25 MB, please."))


async def _handed_in(commands: Commands, form: Form, wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    key = form.text("key", limit=60) or str(uuid4())
    try:
        return await commands.enter(wanted, key)
    except Conflict as conflict:
        # The answer to the first try was lost, and what was typed has changed since.
        if conflict.code != "idempotency_key_reused":
            raise
        return await commands.enter(wanted, str(uuid4()))


def _wanted(form: Form, meter: dict[str, Any], register: dict[str, Any], day: date, reason: str) -> dict[str, Any]:
    found = {
        "register_id": register["id"], "value": form.text(f"value-{register['id']}"), "taken_on": day.isoformat(),
        "insist": form.flag(f"insist-{register['id']}"),
    }  # fmt: skip
    more = {"reason": reason, "photo_sha256": form.text(f"shot-{meter['id']}", limit=64)}
    return found | {name: value for name, value in more.items() if value}


def _refused(form: Form, problem: Problem) -> int:
    if isinstance(problem, Unavailable):
        form.problem = _("This does not work right now. Nothing is lost: please send it again in a few minutes.")
    elif isinstance(problem, TooMany):
        form.problem = _("That was very often in a short time. Please send it again in a few minutes.")
    else:
        form.problem = _("These readings were not taken.") + (f" {problem.detail}" if problem.detail else "")
    return problem.status


def _note(entry: Entry, meter: dict[str, Any], register: dict[str, Any], day: date, result: dict[str, Any]) -> None:
    outcome, name = result["outcome"], f"value-{register['id']}"
    findings = result.get("findings") or []
    if outcome in _TAKEN:
        value = entry.form.values.pop(name)[0].strip()
        notes = [
            finding_sentence(f, register["unit"], secret=entry.secret) for f in findings if f["severity"] == "note"
        ]
        entry.form.values.pop(f"insist-{register['id']}", None)
        entry.done[register["id"]] = Done(meter, register, value, day, outcome == "questioned", notes)
        return
    told = [finding_sentence(f, register["unit"], secret=entry.secret) for f in findings if f["severity"] != "note"]
    entry.form.error(name, " ".join(dict.fromkeys(told)) or _("This reading was not taken."))
    if outcome == "asks_back":
        entry.doubted.add(register["id"])
