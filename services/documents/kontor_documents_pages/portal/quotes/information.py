"""What consumers must read directly above the button (§ 312j Abs. 2 BGB, Art. 246a § 1 Abs. 1 Satz 1 Nr. 1, 5 to 7 EGBGB):
what they order, what it costs in all, and for how long they are bound."""

from typing import Any

from kontor_documents_pages.portal.quotes.lines import QuoteLine, chosen_lines
from kontor_documents_pages.portal.quotes.quote import Quote
from kontor_service.formats import day, money, percent
from kontor_service.i18n import gettext as _
from kontor_service.i18n import reader

Facts = list[tuple[str, str]]


def ordered_lines(quote: Quote) -> list[str]:
    """Each thing that is ordered, with what characterises it."""
    lines = (quote.view.content or {}).get("lines") or ()
    return [_ordered_line(line, lines[line.index]) for line in chosen_lines(quote.lines)]


def _ordered_line(line: QuoteLine, said: dict[str, Any]) -> str:
    quantity = f"{line.quantity} {line.row.unit}".strip()
    details = (said.get("description") or said.get("note") or "").strip().partition("\n")[0]
    return f"{quantity} {line.row.name}" + (f" – {details}" if details else "")


def terms(quote: Quote) -> Facts:
    """Price, duration and the right to withdraw, as far as the quote says something of it."""
    language, currency = reader().language, quote.view.currency
    total = money(quote.total, currency, language)
    facts = [(_("Total price"), _("%(amount)s including all taxes", amount=total) if quote.tax else total)]
    facts += [
        (_("includes %(tax)s", tax=label), money(minor, currency, language)) for label, minor in quote.taxes if minor
    ]
    if quote.asked:
        facts.append((_("To be paid with the order"), _asked(quote)))
    facts += [(_("Duration"), text) for text in _durations(quote.view.content or {}, quote)]
    if quote.withdrawal_notice:
        facts.append((_("Right of withdrawal"), _("see %(title)s", title=quote.withdrawal_notice["title"])))
    return facts


def _asked(quote: Quote) -> str:
    language = reader().language
    amount = money(quote.asked, quote.view.currency, language)
    if not quote.asks_for_deposit:
        return amount
    return _(
        "%(amount)s (deposit of %(percent)s)",
        amount=amount,
        percent=percent(quote.view.details["deposit_percent"], language),
    )


def _durations(content: dict[str, Any], quote: Quote) -> list[str]:
    """The periods of the chosen lines, once each; nothing where it is delivered once."""
    language, lines = reader().language, content.get("lines") or ()
    periods = [lines[line.index].get("period") or {} for line in chosen_lines(quote.lines)]
    texts = []
    for period in periods:
        start, end = (day(period[name], language) if period.get(name) else "" for name in ("start", "end"))
        if start and end:
            texts.append(f"{start} – {end}")
        elif start:
            texts.append(_("from %(day)s, without a fixed end", day=start))
    return list(dict.fromkeys(texts))


def shown_at_button(quote: Quote) -> list[dict[str, str]]:
    """What stood on the page next to the button, for the evidence."""
    facts = [f"{label}: {value}" for label, value in terms(quote)] if quote.is_consumer else []
    texts = [*(ordered_lines(quote) if quote.is_consumer else []), *facts]
    sentences = [{"title": one["title"], "text": one["sentence"]} for one in quote.consents]
    return [*sentences, {"title": quote.button, "text": "\n".join(texts)}]
