"""All routes of the gateway, in the order in which they are tried: the portals' come last, they begin with any name."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

from kontor_gateway.access import account, code, front, invitations, links, login, logos, resets
from kontor_gateway.documents import files, pages, portal_api
from kontor_gateway.ingest import customers, documents, events, payments, webhooks
from kontor_gateway.live import api as live
from kontor_gateway.payments import pages as pay_pages
from kontor_gateway.payments import portal_api as pay_api
from kontor_gateway.reference import pages as reference
from kontor_gateway.sessions import api as sessions

# Where errors are problem+json whatever the client accepts.
API_PREFIXES = ("/api/", "/internal/", "/webhooks/", "/health", "/metrics")


class _Hot(Route):
    """Tried before all others, without the framework's parameter reading: what is read most. The same endpoint stands
    among the others as well, where the API's description finds it."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child = super().matches(scope)
        return match, {**child, "route": self} if match is Match.FULL else child


async def _list_json(request: Request) -> Response:
    return await portal_api.documents(request, request.path_params["slug"])


async def _list_page(request: Request) -> Response:
    return await pages.documents(request, request.path_params["slug"])


HOT = (_Hot("/api/portal/v1/{slug}/documents", _list_json), _Hot("/{slug}/dokumente", _list_page))


def routers() -> list[APIRouter]:
    return [
        sessions.router,
        documents.router,
        customers.router,
        payments.router,
        events.router,
        webhooks.router,
        reference.router,
        portal_api.router,
        files.api_router,
        pay_api.router,
        front.router,
        links.router,
        invitations.router,
        resets.router,
        login.router,
        code.router,
        account.router,
        logos.router,
        live.router,
        pages.router,
        files.router,
        pay_pages.router,
    ]
