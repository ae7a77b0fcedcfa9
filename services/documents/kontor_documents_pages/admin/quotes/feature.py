"""Routes, SQL and board panel of quotes in the admin."""

from fastapi import APIRouter

from kontor_documents_pages.admin.quotes import listing, quote_templates, sent_quotes, words, writing
from kontor_edge.feature import Feature, Panel, sql

router = APIRouter()
for part in (listing, quote_templates, writing, sent_quotes):
    router.include_router(part.router, prefix="/angebote")

FEATURE = Feature(
    "quotes",
    order=25,
    routers=(router,),
    parts=sql("kontor_documents_pages.admin", "sql/quotes_parts.sql"),
    functions=listing.QUOTES.functions,
    panels=(Panel("board", "_quotes_board({merchant}, r.today)", "quotes/board_panel.html", "documents:read"),),
    globals=words.GLOBALS,
)
