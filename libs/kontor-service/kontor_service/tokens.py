"""Service tokens: identity signs them (EdDSA, at most 60 s), owners verify them with its public keys."""

import asyncio
import base64
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import jwt
from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from kontor_service.bodies import before_body
from kontor_service.client import ServiceClient
from kontor_service.errors import Forbidden, Unauthorized
from kontor_service.i18n import N_
from kontor_service.settings import ServiceSettings

ISSUER = "kontor-identity"
SERVICE_RIGHT = "service"
# Clocks of two machines may differ by so many seconds.
_LEEWAY = 5
_KEY_REFRESH_PAUSE = 5.0


# So long after a log-in nobody is asked for the password again.
FRESH_LOG_IN = timedelta(minutes=10)

TokenInvalid = Unauthorized.named("token_invalid", N_("The token is not valid."))
FreshLogInNeeded = Forbidden.named("fresh_log_in_needed", N_("Please confirm this with your password."))


class Principal(BaseModel):
    """Who acts, for whom, and what they may do: the claims of a verified token."""

    model_config = ConfigDict(frozen=True)

    subject: str = Field(alias="sub")
    kind: str
    rights: frozenset[str] = frozenset()
    merchant_id: UUID | None = Field(None, alias="merchant")
    name: str = ""
    customers: frozenset[UUID] = frozenset()
    # A link's session sees this document and its thread only.
    document_id: UUID | None = Field(None, alias="document")
    # A capability link acts for this resource and for no customer: <owner>.<aggregate>:<id>, e.g. meters.meter:0192…
    resource: str | None = None
    language: str = "de"
    # The session a person acts in; None for systems and services.
    session_id: UUID | None = Field(None, alias="session")
    # How a customer's person came in: account, code (mailed to them), contact (a link of their own), link.
    access: str = ""
    email: str = ""
    # When the person logged in, or last confirmed the session with the password; None for systems and services.
    authenticated_at: datetime | None = Field(None, alias="auth_time")

    @property
    def merchant(self) -> UUID:
        """The merchant acted for; Forbidden where the token names none."""
        if self.merchant_id is None:
            raise Forbidden(N_("The token names no merchant."))
        return self.merchant_id

    @property
    def for_customers(self) -> bool:
        """Whether a customer acts (by account, mailed code or link), who sees the things of `customers` alone."""
        return self.kind not in ("staff", "key", "service")


class TokenVerifier:
    """Verifies tokens made out to one service. Fetches identity's keys when it meets one it does not know."""

    def __init__(self, audience: str, identity_url: str) -> None:
        self._audience = audience
        self._client = ServiceClient(identity_url)
        self._keys: dict[str, Any] = {}
        self._fetched_at = float("-inf")
        self._lock = asyncio.Lock()

    async def verify(self, token: str) -> Principal:
        """Raises TokenInvalid."""
        try:
            key = await self._key(jwt.get_unverified_header(token).get("kid", ""))
            claims = jwt.decode(
                token, key, algorithms=["EdDSA"], audience=self._audience, issuer=ISSUER, leeway=_LEEWAY,
                options={"require": ["exp", "iat", "sub", "aud"]},
            )  # fmt: skip
            return Principal.model_validate(claims)
        except (jwt.InvalidTokenError, KeyError, ValueError) as error:
            raise TokenInvalid from error

    async def _key(self, key_id: str) -> Any:
        async with self._lock:
            if key_id not in self._keys and time.monotonic() - self._fetched_at > _KEY_REFRESH_PAUSE:
                response = await self._client.request("GET", "/.well-known/jwks.json")
                self._keys = {str(k.key_id): k.key for k in jwt.PyJWKSet.from_dict(response.json()).keys}
                self._fetched_at = time.monotonic()
        return self._keys[key_id]

    async def close(self) -> None:
        await self._client.close()


def require(*rights: str) -> Callable[[Request], Any]:
    """A dependency: the caller's Principal, who must have one of these rights. A service has the right "service"."""

    @before_body
    async def principal(request: Request) -> Principal:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthorized(N_("Please log in, or send a token."), headers={"WWW-Authenticate": "Bearer"})
        verifier: TokenVerifier = request.app.state.tokens
        found = await verifier.verify(token)
        if not found.rights.intersection(rights):
            raise Forbidden(N_("This needs the right %(rights)s."), rights=" or ".join(rights))
        return found

    return principal


ServiceCaller = Annotated[Principal, Depends(require(SERVICE_RIGHT))]


def must_be_fresh(principal: Principal) -> None:
    """For what must not be done at an unlocked computer (ASVS 7.5.1). Raises FreshLogInNeeded."""
    known = principal.authenticated_at
    if known is None or datetime.now(UTC) - known > FRESH_LOG_IN:
        raise FreshLogInNeeded(field="own_password")


def from_services(*names: str) -> Callable[..., Any]:
    """A dependency: the Principal of one of these services, and of no other."""
    wanted = {f"service:{name}" for name in names}

    async def caller_of(caller: ServiceCaller) -> Principal:
        if caller.subject not in wanted:
            raise Forbidden(N_("Only %(names)s may ask for this."), names=" or ".join(names))
        return caller

    return caller_of


# What is said of sessions is believed of identity alone: whoever breaks into another service can make nobody one.
FromIdentity = Annotated[Principal, Depends(from_services("identity"))]


class TokenSource:
    """Gets tokens from identity: for this service itself, and for one command of somebody's session, API key or link."""

    def __init__(self, settings: ServiceSettings, *, timeout: float = 5.0) -> None:
        self._client = ServiceClient(settings.url_of("identity"), timeout=timeout)
        self._basic = basic(settings.service, settings.service_secret.get_secret_value())
        self._own: dict[tuple[str, UUID | None], tuple[str, float]] = {}

    async def service(self, audience: str, merchant_id: UUID | None = None) -> str:
        """A token of this service's own, kept until shortly before it expires. Raises Unavailable, Unauthorized."""
        token, good_until = self._own.get((audience, merchant_id), ("", 0.0))
        if time.monotonic() < good_until:
            return token
        response = await self._client.request(
            "POST",
            "/v1/service-tokens",
            headers=self._basic,
            json={"audience": audience, "merchant_id": str(merchant_id) if merchant_id else None},
        )
        body = response.json()
        if len(self._own) > 10_000:
            self._own.clear()
        self._own[audience, merchant_id] = (body["token"], time.monotonic() + body["expires_in"] / 2)
        return str(body["token"])

    async def command(
        self,
        *,
        audience: str,
        right: str,
        session_hash: str | None = None,
        api_key: str | None = None,
        link: str | None = None,
        ip: str = "",
    ) -> str:
        """A token for one command, from grants as they stand now.

        Raises Unauthorized (session_ended), Forbidden, TooMany; for a capability link also
        NotFound (link_unknown) and Gone (link_expired).
        """
        given = {"session_hash": session_hash, "api_key": api_key, "link": link}
        who = {name: value for name, value in given.items() if value is not None}
        response = await self._client.request(
            "POST", "/v1/tokens", headers=self._basic, json={**who, "audience": audience, "right": right, "ip": ip}
        )
        return str(response.json()["token"])

    async def close(self) -> None:
        await self._client.close()


def basic(name: str, secret: str) -> dict[str, str]:
    """The header with which a service shows who it is (RFC 7617)."""
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}
