"""Service tokens: for one command of somebody's, or for a service itself. At most 60 seconds, made out to one service."""

import hashlib
import secrets
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from kontor.identity.v1 import identity_pb2 as pb
from kontor_bus import record
from kontor_identity.access.actors import session_actor
from kontor_identity.access.rights import API_KEY_SCOPES, EDGE_OF_KIND, may_call
from kontor_identity.dependencies import Dependencies
from kontor_identity.keys.signing import SigningKeys
from kontor_identity.limits import API_KEY
from kontor_identity.models import ApiKey
from kontor_identity.system_time import now
from kontor_service.errors import Forbidden, Unauthorized
from kontor_service.events import state_of
from kontor_service.i18n import N_
from kontor_service.tokens import ISSUER, SERVICE_RIGHT

LIFETIME_SECONDS = 60
_USE_NOTED_EVERY = timedelta(hours=1)


class SessionEnded(Unauthorized):
    code, title = "session_ended", N_("The session has ended.")


class KeyUnknown(Unauthorized):
    code, title = "api_key_unknown", N_("The API key is not known.")


class NotAllowed(Forbidden):
    code, title = "not_allowed", N_("This is not allowed.")


class PreviewOnly(NotAllowed):
    code, title = "preview", N_("This is a preview. Nothing can be done in it.")


class PortalOff(NotAllowed):
    """The merchant has switched the portal off, or this customer's access to it."""

    title = N_("The portal is switched off.")


@dataclass(frozen=True)
class Minted:
    token: str
    expires_in: int
    principal: dict[str, Any]


def token_of_a_service(signing: SigningKeys, *, service: str, audience: str, merchant_id: UUID | None) -> Minted:
    """A token for a service in its own name. Raises NotAllowed for an audience it has no reason to call."""
    if audience not in may_call(service):
        raise NotAllowed(N_("%(service)s has no reason to call %(audience)s."), service=service, audience=audience)
    return service_token(signing, service=service, audience=audience, merchant_id=merchant_id)


def service_token(signing: SigningKeys, *, service: str, audience: str, merchant_id: UUID | None) -> Minted:
    return mint(
        signing, audience, subject=f"service:{service}", kind="service", name=service, merchant_id=merchant_id,
        rights=[SERVICE_RIGHT],
    )  # fmt: skip


async def token_for_session(deps: Dependencies, *, edge: str, audience: str, right: str, session_hash: str) -> Minted:
    """A token for one command, if the session may do it at this moment. Raises SessionEnded, NotAllowed, PreviewOnly, PortalOff."""
    actor = await session_actor(deps.db, session_hash)
    if actor is None or actor.ended:
        raise SessionEnded
    if actor.kind == "preview":
        raise PreviewOnly
    if EDGE_OF_KIND[actor.kind] != edge or right not in actor.rights:
        staff = actor.kind == "staff"
        raise NotAllowed(
            N_("Your role does not include this.") if staff else N_("Your access does not include this."), right=right
        )
    if actor.kind != "staff" and not actor.open:
        raise PortalOff
    return mint(
        deps.signing, audience, subject=actor.subject, kind=actor.principal_kind, name=actor.name,
        merchant_id=actor.merchant_id, rights=[right], customers=actor.customers_for(right), document_id=actor.document_id,
        language=actor.language, session_id=actor.id, access=actor.access, email=actor.email,
        authenticated_at=actor.authenticated_at,
    )  # fmt: skip


async def token_for_key(deps: Dependencies, *, edge: str, audience: str, right: str, api_key: str) -> Minted:
    """As `token_for_session`, for an API key. Raises KeyUnknown, NotAllowed, TooMany."""
    key = await deps.db.pool.fetchrow("SELECT * FROM api_key_actor($1)", hash_of(api_key))
    if key is None:
        raise KeyUnknown
    await deps.limits.take(API_KEY, str(key["id"]))
    if EDGE_OF_KIND["key"] != edge or right not in API_KEY_SCOPES.intersection(key["scopes"]):
        raise NotAllowed(N_("This API key does not have the scope %(right)s."), right=right)
    if key["last_used_at"] is None or now() - key["last_used_at"] > _USE_NOTED_EVERY:
        await _note_use(deps, key["merchant_id"], key["id"])
    return mint(
        deps.signing, audience, subject=f"key:{key['id']}", kind="key", name=key["name"],
        merchant_id=key["merchant_id"], rights=[right],
    )  # fmt: skip


async def _note_use(deps: Dependencies, merchant_id: UUID, key_id: UUID) -> None:
    async with deps.db.transaction(merchant_id) as session:
        key = await session.get(ApiKey, key_id, with_for_update=True)
        if key is not None and not key.revoked:
            key.last_used_at = now()
            key.touch()
            await session.flush()
            record(session, pb.ApiKeyUsed(api_key=state_of(pb.ApiKey, key)))


def hash_of(secret: str) -> str:
    """How cookies and API keys are kept. They carry 256 random bits: a slow hash would add nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()


def mint(
    signing: SigningKeys,
    audience: str,
    *,
    subject: str,
    kind: str,
    name: str,
    merchant_id: UUID | None,
    rights: Collection[str],
    customers: Collection[UUID] = (),
    document_id: UUID | None = None,
    resource: str | None = None,
    language: str = "de",
    session_id: UUID | None = None,
    access: str = "",
    email: str = "",
    authenticated_at: datetime | None = None,
) -> Minted:
    issued = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": audience,
        "sub": subject,
        "kind": kind,
        "merchant": str(merchant_id) if merchant_id else None,
        "name": name,
        "rights": sorted(rights),
        "customers": [str(customer) for customer in customers],
        "document": str(document_id) if document_id else None,
        "resource": resource,
        "language": language,
        "session": str(session_id) if session_id else None,
        "access": access,
        "email": email,
        # As OpenID Connect names it.
        "auth_time": int(authenticated_at.timestamp()) if authenticated_at else None,
        "iat": issued,
        "exp": issued + LIFETIME_SECONDS,
        "jti": secrets.token_urlsafe(12),
    }
    return Minted(signing.sign(claims), LIFETIME_SECONDS, claims)
