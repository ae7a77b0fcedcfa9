"""Commands on a document that is gone."""

from uuid import UUID

from fastapi import Request

from kontor_edge.portal import query_view
from kontor_service.errors import Conflict, NotFound, Problem
from kontor_service.i18n import N_

Withdrawn = Conflict.named("withdrawn", N_("This document was withdrawn by its sender"))


async def why_unseen(request: Request, document_id: UUID) -> Problem:
    """What is to be raised for a document that the reader does not see: Withdrawn where they saw it before, else NotFound."""
    record = await query_view(request, "withdrawn_document", asked=document_id)
    return Withdrawn() if record["withdrawn"] else NotFound()
