"""A gateway whose documents list knows no labels, roles, read marks, ranges of days or persons who see only some types: what
bench_lists.py compares with. `python -m tests.bench.list_before`."""

from dataclasses import replace
from typing import Any

import kontor_gateway
from kontor_documents_pages.portal import FEATURES
from kontor_documents_pages.portal.copy import COUNT_CAP
from kontor_documents_pages.portal.listing import DOCUMENTS, ENTRIES
from kontor_edge.lists import PORTAL, ListPage

_COUNTS = f"""(SELECT json_object_agg(kind.type, kind.many) FROM (
            SELECT visible.type, sum(picked.many)::integer AS many
            FROM unnest(r.visible_types) visible (type), unnest(asked.customers) customer (id)
            CROSS JOIN LATERAL (
                SELECT count(*) AS many FROM (
                    SELECT FROM document d WHERE d.shown AND d.customer_id = customer.id AND d.type = visible.type LIMIT {COUNT_CAP}
                ) capped
            ) picked
            WHERE picked.many > 0 GROUP BY visible.type
        ) kind)"""
_STATUS = "(s.status = {it} OR {it} = 'open' AND s.status IN ('partly_paid', 'overdue'))"
# Filters of today that it passes over, but one that it answers more simply.
_FILTERS = {"label": "", "direction": "", "from": "", "to": "", "status": _STATUS}


def _become_plain() -> None:
    """Before the gateway puts its functions together."""
    facts = {name: DOCUMENTS.facts[name] for name in ("years", "customers")}
    counts = {"counts": ("json", _COUNTS)}
    # One function answered pages and programs, and was told that programs want no choices.
    unasked = {name: (kind, f"CASE WHEN many < 0 THEN {text} END") for name, (kind, text) in facts.items()}
    nothing = {"labels": ("text", "NULL::text"), "directed": ("boolean", "false"), "new_count": ("bigint", "0")}
    _simplify(DOCUMENTS, counts | facts | nothing)
    _simplify(ENTRIES, counts | unasked)
    _set(ENTRIES, frame=PORTAL)
    documents = FEATURES[0]
    functions = (*DOCUMENTS.functions, *ENTRIES.functions)
    sections = tuple(replace(section, count="0") for section in documents.sections)
    _set(documents, functions=(*functions, *documents.functions[len(functions) :]), sections=sections)


def _simplify(page: ListPage, facts: dict[str, tuple[str, str]]) -> None:
    others = tuple(
        replace(one, where=_FILTERS[one.name], otherwise="") if one.name in _FILTERS else one for one in page.others
    )
    _set(
        page,
        beside="",
        where="d.shown AND d.customer_id = customer.id AND d.type = ANY (r.visible_types)",
        entry="_entry(d.brief, s.status, p.brief, NULL, false)",
        others=others,
        facts=facts,
    )
    # Put together already, for the API's description.
    vars(page).pop("filters", None)


def _set(declaration: Any, **values: Any) -> None:
    for name, value in values.items():
        object.__setattr__(declaration, name, value)


def main() -> None:
    _become_plain()
    from kontor_gateway.app import create_app
    from kontor_gateway.settings import Settings
    from kontor_service.server import main as serve

    serve(kontor_gateway, Settings(), create_app)


if __name__ == "__main__":
    main()
