"""What is different in a quote's next version, in words for people of either edge. Pure: two contents in, rows out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kontor_documents_pages.content import unit_price
from kontor_service.formats import day, money, number, percent
from kontor_service.i18n import gettext as _
from kontor_service.i18n import reader
from kontor_service.money import to_minor
from kontor_service.units import unit


@dataclass(frozen=True, slots=True)
class Change:
    """`before` is empty for what is new, `after` for what is gone."""

    what: str
    before: str
    after: str


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """In the order of the quote: head, texts, items, total."""
    return [*_head(before, after), *_lines(before, after), *_total(before, after)]


def _head(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    language = reader().language
    for name, label in (
        ("title", _("Title")),
        ("introduction", _("Text above the items")),
        ("closing", _("Text below the items")),
    ):
        yield from _different(label, before.get(name) or "", after.get(name) or "")
    days = [day(one["valid_until"], language) if one.get("valid_until") else "" for one in (before, after)]
    yield from _different(_("Valid until"), *days)
    yield from _different(_("Attachments"), *(_files(one) for one in (before, after)))


def _files(content: Mapping[str, Any]) -> str:
    return ", ".join(one.get("file_name") or one.get("description") or "" for one in content.get("attachments") or ())


def _lines(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old = {line.get("id"): line for line in before.get("lines") or ()}
    new = {line.get("id"): line for line in after.get("lines") or ()}
    currency = after.get("currency") or "EUR"
    for key, line in new.items():
        if key not in old:
            yield Change(line["name"], "", _said(line, currency))
    for key, line in old.items():
        if key not in new:
            yield Change(line["name"], _said(line, currency), "")
        else:
            told = [line["name"], new[key]["name"]]
            texts = [_said(one, currency) for one in (line, new[key])]
            if told[0] != told[1]:
                yield Change(told[0], f"{told[0]}: {texts[0]}", f"{told[1]}: {texts[1]}")
            else:
                yield from _different(told[0], *texts)


def _total(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    language, texts = reader().language, []
    for one in (before, after):
        gross, currency = (one.get("totals") or {}).get("gross"), one.get("currency") or "EUR"
        texts.append(money(to_minor(Decimal(gross), currency), currency, language) if gross else "")
    yield from _different(_("Total amount"), *texts)


def _different(what: str, before: str, after: str) -> Iterator[Change]:
    if before != after:
        yield Change(what, before, after)


def _said(line: Mapping[str, Any], currency: str) -> str:
    """A line's terms on one line: quantity, price, discount, how it is offered, its description."""
    language, quantity = reader().language, line.get("quantity") or "1"
    parts = [f"{number(quantity, language)} {unit(line.get('unit') or '', quantity)}".strip()]
    if line.get("net_price"):
        parts.append(_("at %(price)s", price=unit_price(line["net_price"], currency)))
    for entry in line.get("allowances_charges") or ():
        amount = percent(entry["percent"], language) if entry.get("percent") else unit_price(entry["amount"], currency)
        parts.append(
            _("plus %(amount)s", amount=amount) if entry.get("charge") else _("less %(amount)s", amount=amount)
        )
    parts += [_bounds(line, language), _offered(line), line.get("description") or ""]
    return ", ".join(part for part in parts if part)


def _bounds(line: Mapping[str, Any], language: str) -> str:
    low, high = (line.get(name) for name in ("quantity_min", "quantity_max"))
    if not low and not high:
        return ""
    usual = line.get("quantity") or "1"
    return _("%(low)s to %(high)s to choose", low=number(low or usual, language), high=number(high or usual, language))


def _offered(line: Mapping[str, Any]) -> str:
    if line.get("alternative"):
        return _("alternative of “%(name)s”", name=line["alternative"])
    return _("optional") if line.get("optional") else ""
