"""Who calls: another service by its own credential (RFC 7617), and identity's own tokens verified in place."""

import hmac
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPBasic

from kontor_identity.dependencies import dependencies_of
from kontor_identity.keys.signing import SigningKeys
from kontor_service.bodies import before_body
from kontor_service.errors import Unauthorized
from kontor_service.i18n import N_
from kontor_service.tokens import Principal, TokenVerifier, from_services

_basic = HTTPBasic(auto_error=False)


ServiceUnknown = Unauthorized.named("service_unknown", N_("The service's credential is not right."))


@before_body
async def calling_service(request: Request) -> str:
    """The name of the service that calls. Raises ServiceUnknown."""
    deps, credentials = dependencies_of(request), await _basic(request)
    name = credentials.username if credentials else ""
    given = credentials.password if credentials else ""
    secret = deps.settings.service_secrets.get(name)
    expected = secret.get_secret_value() if secret else ""
    # An empty credential matches nobody, not the service without one.
    if not hmac.compare_digest(given.encode(), expected.encode()) or not expected:
        raise ServiceUnknown(headers={"WWW-Authenticate": "Basic"})
    return name


CallingService = Annotated[str, Depends(calling_service)]
# A secret leaves identity for a mail and for nothing else.
Mailer = Annotated[Principal, Depends(from_services("notifications"))]


class OwnTokens(TokenVerifier):
    """Verifies tokens made out to identity with its own keys, without asking itself over HTTP."""

    def __init__(self, signing: SigningKeys, identity_url: str) -> None:
        super().__init__("identity", identity_url)
        self._signing = signing

    async def _key(self, key_id: str) -> Any:
        return self._signing.public(key_id)
