"""The portal: under the name of each merchant."""

from fastapi import APIRouter
from fastapi.routing import APIRoute

from kontor_edge.feature import Feature
from kontor_identity_pages import account, log_in, passwords

_portal = APIRouter(include_in_schema=False)
for route in (*log_in.router.routes, *passwords.router.routes, *account.router.routes):
    assert isinstance(route, APIRoute)
    _portal.add_api_route(f"/{{slug}}{route.path}", route.endpoint, methods=sorted(route.methods or ()))

FEATURE = Feature(
    "accounts", order=11, package="kontor_identity_pages", routers=(passwords.links,), portal=(_portal,),
    secret_paths=("/passwort/",),
)  # fmt: skip
