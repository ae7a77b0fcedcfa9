"""Whom a quote names: its customer, and who answers for it (B17)."""

from typing import Any

from fastapi import Request

from kontor_edge.query import loads, loads_all
from kontor_edge.sorting import search_patterns
from kontor_edge.staff import query_view
from kontor_service.i18n import gettext as _
from kontor_web import Form

# Names to choose a customer from while typing; the others are found by what is typed.
_SUGGESTED = 300
_LOOKED_AT, _NAMED = 200, 8
# `responsible.who` of somebody who is not in the team; otherwise it is an e-mail address of the team, or empty.
SOMEBODY_ELSE = "other"


async def suggested_customers(request: Request) -> list[dict[str, Any]]:
    return await _customers(request, "", _SUGGESTED)


async def find_customer(request: Request, form: Form) -> None:
    """A name typed instead of a number becomes the number where only one customer fits."""
    asked = form.text("customer_number", limit=60)
    if not asked:
        return
    choices = await _customers(request, asked, _LOOKED_AT)
    if any(choice["number"] == asked for choice in choices):
        return
    if len(choices) == 1:
        form.values["customer_number"] = [choices[0]["number"]]
    elif choices:
        several = ", ".join(f"{choice['number']} {choice['name']}" for choice in choices[:_NAMED])
        form.error(
            "customer_number", _("Several customers fit; please enter the number: %(customers)s", customers=several)
        )
    else:
        form.error("customer_number", _("No customer has this number or name."))


async def _customers(request: Request, words: str, many: int) -> list[dict[str, Any]]:
    _staff, row = await query_view(request, "customer_choices", of_words=search_patterns(words), many=many)
    return [loads(choice) for choice in row["choices"] or ()]


async def team(request: Request) -> list[dict[str, Any]]:
    """Who works for the merchant, by name."""
    _staff, row = await query_view(request, "team")
    return loads_all(row["members"])


def choose_responsible(form: Form, members: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """What the form offers. Whoever is chosen but no longer in the team becomes somebody else, as the quote names them."""
    who = form.value("responsible.who")
    if who not in ("", SOMEBODY_ELSE) and who not in (member["email"] for member in members):
        form.values["responsible.who"] = [SOMEBODY_ELSE if form.value("responsible.name") else ""]
    named = [
        (member["email"], ", ".join(filter(None, (member["name"], member["function"] or member["team"]))))
        for member in members
    ]
    return [("", _("nobody")), *named, (SOMEBODY_ELSE, _("somebody else"))]
