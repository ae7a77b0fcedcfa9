"""Between a quote's form and its data as documents takes it (DocumentData). Pure but for the errors it notes in the form."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from kontor_documents_pages.admin.quotes.attachments import data_of_attachments, fields_of_attachments
from kontor_documents_pages.admin.quotes.choices import SOMEBODY_ELSE
from kontor_documents_pages.admin.quotes.form import ACCEPTANCE, CHOICES, fields_of_rows, language, rows_of
from kontor_documents_pages.numbers import decimal_of, line_base, share, typed
from kontor_service.i18n import gettext as _
from kontor_service.i18n import speaking
from kontor_web import Form

_NUMBERS = ("quantity", "net_price", "quantity_min", "quantity_max")
_TEXTS = ("id", "name", "description", "unit", "group", "alternative")
# Of a sent quote: what is computed anew, or said by the form.
_COMPUTED = frozenset({"net", "level"})
_ANEW = frozenset({"totals", "tax_breakdown", "specification", "lines", "allowances_charges", "seller"})
_BUYERS = frozenset({"buyer", "customer_number"})
RESPONSIBLE = ("name", "email", "phone", "function", "team")


def data_of(form: Form, kept: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The quote as it is handed in. `kept`: its data until now, of which stays what the form does not know."""
    kept = kept or {}
    same_buyer = kept.get("customer_number") == form.value("customer_number")
    left_out = _ANEW if same_buyer else _ANEW | _BUYERS
    said = {name: value for name, value in kept.items() if name not in left_out}
    lines = list(_lines(form, {line.get("id"): line for line in kept.get("lines") or ()}))
    found: dict[str, Any] = said | {
        "type": "quote", "lines": lines, "allowances_charges": _document_discount(form, lines, kept),
        "customer_number": form.text("customer_number", required=True, limit=60),
        "title": form.text("title", limit=200), "language": form.choice("language", ("de", "en"), "de"),
        "introduction": form.text("introduction", limit=10_000, lines=True),
        "closing": form.text("closing", limit=10_000, lines=True),
        "acceptance": form.many("acceptance", ACCEPTANCE),
        "attachments": data_of_attachments(form, list(kept.get("attachments") or ())),
    }  # fmt: skip
    found |= _days(form) | _deposit(form) | _responsible(form)
    for name in ("external_id", "number"):
        if form.value(name):
            found[name] = form.value(name)
    return found


def _days(form: Form) -> dict[str, Any]:
    issued, until = form.day("issue_date", required=True), form.day("valid_until", required=True)
    if issued and until and until < issued:
        form.error("valid_until", _("A quote cannot end before its own date."))
    return {name: day.isoformat() for name, day in (("issue_date", issued), ("valid_until", until)) if day}


def _deposit(form: Form) -> dict[str, Any]:
    wanted = form.has("acceptance", "deposit")
    percent = number(form, "deposit_percent", required=wanted)
    if percent and not 0 < Decimal(percent) <= 100:
        form.error("deposit_percent", _("More than 0 and at most 100 percent, please."))
    return {"deposit_percent": percent if wanted and percent else None}


def _responsible(form: Form) -> dict[str, Any]:
    """A member of the team by e-mail address: documents takes all else from there."""
    who = form.value("responsible.who")
    if who != SOMEBODY_ELSE:
        return {"responsible": {"email": who} if who else None}
    said = {name: form.text(f"responsible.{name}", limit=200, required=name == "name") for name in RESPONSIBLE}
    said["email"] = form.email("responsible.email")
    return {"responsible": said}


def _lines(form: Form, kept: Mapping[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    taken = set(kept)
    for row in rows_of(form):
        kind = kept.get(form.value(f"{row}.id"), {}).get("kind", "detail")
        line = _line(form, row, priced=kind == "detail")
        if not line["id"]:
            line["id"] = next(free for free in map(str, range(1, 1000)) if free not in taken)
        taken.add(line["id"])
        before = {name: value for name, value in kept.get(line["id"], {}).items() if name not in _COMPUTED}
        others = [one for one in before.pop("allowances_charges", ()) if not _is_discount(one)]
        yield before | line | {"allowances_charges": [*line["allowances_charges"], *others]}


def _line(form: Form, row: str, *, priced: bool) -> dict[str, Any]:
    limit = {"name": 1000, "description": 10_000}
    found: dict[str, Any] = {
        name: form.text(f"{row}.{name}", limit=limit.get(name, 200), lines=name == "description") for name in _TEXTS
    }
    if not found["name"]:
        form.error(f"{row}.name", _("Please say what is offered here."))
    needed = ("quantity", "net_price") if priced else ()
    found |= {name: number(form, f"{row}.{name}", required=name in needed) or None for name in _NUMBERS}
    found["quantity"] = found["quantity"] or "1"
    category, _colon, rate = form.value(f"{row}.tax").partition(":")
    choice = form.choice(f"{row}.choice", CHOICES, "fixed")
    optional, selected, one_of_several = CHOICES.get(choice, CHOICES["fixed"])
    if one_of_several and not found["alternative"]:
        form.error(f"{row}.alternative", _("Please name the choice that this item belongs to."))
    discount = _discount(form, f"{row}.discount", line_base(found["quantity"] or "", found["net_price"] or ""))
    found |= {"optional": optional, "selected": selected, "alternative": found["alternative"] if one_of_several else ""}
    return found | {"tax_category": category, "tax_rate": rate, "allowances_charges": discount}


def _discount(form: Form, name: str, base: Decimal) -> list[dict[str, Any]]:
    """A percentage off, as an allowance (BG-27); none where nothing is typed."""
    percent = number(form, name)
    if not percent or not Decimal(percent):
        return []
    if not 0 < Decimal(percent) <= 100:
        form.error(name, _("More than 0 and at most 100 percent, please."))
        return []
    return [_allowance(form, base, percent)]


def _allowance(form: Form, base: Decimal, percent: str) -> dict[str, Any]:
    with speaking(form.value("language") or "de"):
        reason = _("Discount")
    return {
        "amount": str(share(base, Decimal(percent))),
        "base_amount": str(base),
        "percent": percent,
        "reason": reason,
    }


def _document_discount(form: Form, lines: list[dict[str, Any]], kept: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The discount on the whole quote: one allowance (BG-20) per tax rate, computed from the lines that the quote proposes."""
    others = [one for one in kept.get("allowances_charges") or () if not _is_discount(one)]
    bases: dict[tuple[str, str], Decimal] = {}
    for line in lines:
        at_first = line["selected"] or not (line["optional"] or line["alternative"])
        key = (line["tax_category"], line["tax_rate"])
        bases[key] = bases.get(key, Decimal(0)) + (_net(line) if at_first else 0)
    percent = number(form, "discount")
    if percent and not 0 <= Decimal(percent) <= 100:
        form.error("discount", _("More than 0 and at most 100 percent, please."))
        return others
    if not percent or not Decimal(percent):
        return others
    # Where nothing is chosen at first the percentage is kept with an amount of nothing.
    kept_bases = {key: base for key, base in bases.items() if base > 0} or dict.fromkeys(bases, Decimal(0))
    found = [
        _allowance(form, base, percent) | {"tax_category": category, "tax_rate": rate}
        for (category, rate), base in kept_bases.items()
    ]
    return [*found, *others]


def _net(line: Mapping[str, Any]) -> Decimal:
    base = line_base(line["quantity"] or "", line["net_price"] or "")
    return base - sum(
        (Decimal(one["amount"]) * (-1 if one.get("charge") else 1) for one in line["allowances_charges"]), Decimal(0)
    )


def _is_discount(entry: Mapping[str, Any]) -> bool:
    """Whether the form has it as a percentage; other allowances and charges stay as they are."""
    return bool(entry.get("percent")) and not entry.get("charge")


def number(form: Form, name: str, *, required: bool = False) -> str:
    """A decimal as typed in the reader's language; "" where nothing is, or where it is none, which is noted."""
    found = decimal_of(form.value(name), language())
    if found is None:
        form.error(name, _("Please enter a number, for example 12.5."))
    elif required and not found:
        form.error(name, _("Please fill in this field."))
    return found or ""


def fields_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """A quote's data as the fields of its form."""
    texts = (
        "customer_number",
        "title",
        "language",
        "introduction",
        "closing",
        "issue_date",
        "valid_until",
        "external_id",
        "number",
    )
    responsible = data.get("responsible") or {}
    discount = next((one["percent"] for one in data.get("allowances_charges") or () if _is_discount(one)), "")
    return {
        **{name: data.get(name) or "" for name in texts},
        **{f"responsible.{name}": responsible.get(name, "") for name in RESPONSIBLE},
        "responsible.who": responsible.get("email") or (SOMEBODY_ELSE if responsible.get("name") else ""),
        **fields_of_attachments(dict(data)),
        "acceptance": list(data.get("acceptance") or ()), "deposit_percent": _typed(data.get("deposit_percent")),
        "discount": _typed(discount), **fields_of_rows([_row(line) for line in data.get("lines") or ()]),
    }  # fmt: skip


def _row(line: Mapping[str, Any]) -> dict[str, str]:
    one_of_several = bool(line.get("alternative"))
    optional = bool(line.get("optional")) and not one_of_several
    offered = (optional, bool(line.get("selected")) and (optional or one_of_several), one_of_several)
    discount = next((one["percent"] for one in line.get("allowances_charges") or () if _is_discount(one)), "")
    return {
        **{name: line.get(name) or "" for name in _TEXTS}, **{name: _typed(line.get(name)) for name in _NUMBERS},
        "tax": f"{line.get('tax_category') or 'S'}:{_plain(line.get('tax_rate'))}", "discount": _typed(discount),
        "choice": next((code for code, how in CHOICES.items() if how == offered), "fixed"),
    }  # fmt: skip


def _typed(value: str | None) -> str:
    return typed(value, language())


def _plain(rate: str | None) -> str:
    """19.00 is 19."""
    return format(Decimal(rate or "0").normalize(), "f")
