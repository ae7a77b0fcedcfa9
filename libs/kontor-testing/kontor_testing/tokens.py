"""A signer of service tokens for tests of one owner alone: answers as identity does where owners ask it for keys."""

import time
from typing import Any
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI, Response

from kontor_service.tokens import ISSUER


class TokenSigner:
    """Serve `app` on a loopback socket and give the owner its address as service_url."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        # What other services may fetch from identity: path → (content, media type).
        self.files: dict[str, tuple[bytes, str]] = {}
        self.app = FastAPI()
        self.app.get("/.well-known/jwks.json")(self._jwks)
        self.app.post("/v1/service-tokens")(self._service_token)
        self.app.get("/{path:path}")(self._file)

    def token(
        self,
        audience: str,
        *rights: str,
        merchant: UUID | None = None,
        kind: str = "staff",
        customers: list[UUID] | None = None,
        document: UUID | None = None,
        resource: str | None = None,
        lifetime: int = 60,
        **claims: Any,
    ) -> dict[str, str]:
        """The header of a call by somebody with these rights. `lifetime` in seconds.

        `resource`, with kind "link": somebody who holds the secret link to it, e.g. meters.meter:<uuid>.
        """
        now = int(time.time())
        subject = "service:identity" if kind == "service" else f"{kind}:{uuid4()}"
        payload = {
            "iss": ISSUER, "aud": audience, "iat": now, "exp": now + lifetime, "sub": subject, "kind": kind,
            "merchant": str(merchant) if merchant else None, "rights": rights, "name": "Test",
            "customers": [str(customer) for customer in customers or []],
            "document": str(document) if document else None, "resource": resource, "language": "de",
        } | claims  # fmt: skip
        token = jwt.encode(payload, self._key, algorithm="EdDSA", headers={"kid": "test"})
        return {"Authorization": f"Bearer {token}"}

    async def _jwks(self) -> dict[str, Any]:
        key = jwt.algorithms.OKPAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [{**key, "kid": "test", "use": "sig", "alg": "EdDSA"}]}

    async def _service_token(self, body: dict[str, Any]) -> dict[str, Any]:
        merchant = UUID(body["merchant_id"]) if body.get("merchant_id") else None
        header = self.token(body["audience"], "service", merchant=merchant, kind="service")
        return {"token": header["Authorization"].removeprefix("Bearer "), "expires_in": 60}

    async def _file(self, path: str) -> Response:
        if path not in self.files:
            return Response(status_code=404)
        content, media_type = self.files[path]
        return Response(content, media_type=media_type)
