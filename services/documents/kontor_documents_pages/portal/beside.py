"""What stands beside an open document: the types, the documents before and after it, and whose it is."""

from typing import Any

import asyncpg
import orjson

from kontor_documents_pages.portal.document_view import DocumentView
from kontor_documents_pages.portal.listing import links_of_types
from kontor_edge.query import loads


def beside(slug: str, record: asyncpg.Record, view: DocumentView) -> dict[str, Any]:
    """For the template. A document link's session sees no list, so there is nothing to go on to."""
    session = orjson.loads(record["session"])
    sees_all = session["document_id"] is None
    return {
        "types": links_of_types(slug, loads(record["counts"], {}), view.entry["type"]) if sees_all else (),
        "newer": loads(record["newer"]), "older": loads(record["older"]),
        "whose": view.customer["name"] if view.customer and len(session["customers"]) > 1 else "",
    }  # fmt: skip
