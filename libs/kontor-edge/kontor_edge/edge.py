"""What an edge's endpoints work with; made once in app.py, found at `request.app.state.edge`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from fastapi import Request

from kontor_edge.activity import Activity
from kontor_edge.changes import Changes
from kontor_edge.connections import PageConnections
from kontor_edge.content import ContentFetcher
from kontor_edge.copy import Views
from kontor_edge.feature import Feature
from kontor_edge.sessions import SessionStore
from kontor_service.client import ServiceClient
from kontor_service.clock import Clock
from kontor_service.tokens import TokenSource
from kontor_web import Pages
from kontor_web.live import Hub


@dataclass(frozen=True)
class Edge:
    """`reads` is the page role's: it may execute the functions of the copy and nothing else."""

    # What every service is told, and what this edge is told besides.
    settings: Any
    features: Sequence[Feature]
    clock: Clock
    reads: PageConnections
    views: Views
    changes: Changes
    content: ContentFetcher
    sessions: SessionStore
    activity: Activity
    hub: Hub
    pages: Pages
    source: TokenSource
    # The header with which the edge itself asks identity.
    credential: Mapping[str, str]
    # One for each context of the contract.
    owners: Mapping[str, ServiceClient]

    def owner(self, name: str) -> ServiceClient:
        """The client of an owner; KeyError where the contract has no such context."""
        return self.owners[name]


def edge_of(request: Request) -> Edge:
    return cast(Edge, request.app.state.edge)


def pages(request: Request) -> Pages:
    found: Pages = request.app.state.pages
    return found


def client_ip(request: Request) -> str:
    """Whom rate limits count. Behind a proxy uvicorn puts the forwarded address here, from proxies it trusts."""
    return request.client.host if request.client else ""
