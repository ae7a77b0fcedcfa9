"""A gateway whose documents list knows no labels, roles, read marks or persons who see only some types: what bench_lists.py
compares with. `python -m tests.bench.list_before`."""

from dataclasses import replace
from typing import Any

import kontor_gateway
from kontor_documents_pages.portal import FEATURES
from kontor_documents_pages.portal.copy import COUNT_CAP
from kontor_documents_pages.portal.listing import DOCUMENTS

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


def _become_plain() -> None:
    """Before the gateway puts its functions together."""
    _set(
        DOCUMENTS,
        beside="",
        where="d.shown AND d.customer_id = customer.id AND d.type = ANY (r.visible_types)",
        entry="_entry(d.brief, s.status, p.brief, NULL, false)",
        facts=DOCUMENTS.facts
        | {"counts": ("json", _COUNTS), "labels": ("text[]", "NULL::text[]"), "directed": ("boolean", "false")},
    )
    documents = FEATURES[0]
    pages = documents.functions[len(DOCUMENTS.functions) :]
    sections = tuple(replace(section, count="0") for section in documents.sections)
    _set(documents, functions=(*DOCUMENTS.functions, *pages), sections=sections)


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
