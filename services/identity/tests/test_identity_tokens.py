"""Tokens: what is signed for whom, from grants as they stand."""

from typing import Any
from uuid import uuid4

import jwt
import pytest

from kontor_service.tokens import TokenInvalid, TokenVerifier

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_command_token_is_for_one_service_one_right_and_a_minute(stage: Any, shop: Any) -> None:
    answer = (await stage.mint("admin", "documents", "documents:release", session_hash=shop.session_hash)).json()

    verifier = TokenVerifier("documents", str(stage.http.base_url))
    principal = await verifier.verify(answer["token"])
    await verifier.close()
    assert principal.merchant_id == shop.id
    assert principal.rights == {"documents:release"}
    assert (principal.kind, principal.name) == ("staff", "Olga Owner")
    claims = jwt.decode(answer["token"], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] <= 60
    assert answer["expires_in"] <= 60


async def test_a_token_for_another_service_is_refused(stage: Any, shop: Any) -> None:
    token = (await stage.mint("admin", "documents", "customers:edit", session_hash=shop.session_hash)).json()["token"]

    verifier = TokenVerifier("payments", str(stage.http.base_url))
    with pytest.raises(TokenInvalid):
        await verifier.verify(token)
    await verifier.close()
    headers = {"Authorization": f"Bearer {token}"}
    answer = await stage.http.post("/v1/customers", headers=headers, json={"number": "1", "name": "K"})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")


async def test_a_token_somebody_else_signed_is_refused(stage: Any, shop: Any) -> None:
    from kontor_identity.keys.signing import SigningKeys, new_seed

    forged = SigningKeys({"development": new_seed()}, "development").sign(
        {"iss": "kontor-identity", "aud": "identity", "sub": "staff:x", "kind": "staff", "iat": 1, "exp": 9_999_999_999}
    )
    answer = await stage.http.get("/v1/merchant", headers={"Authorization": f"Bearer {forged}"})
    assert answer.status_code == 401


async def test_no_token_without_a_live_session(stage: Any) -> None:
    answer = await stage.mint("admin", "documents", "documents:read", session_hash="0" * 64)

    assert (answer.status_code, answer.json()["code"]) == (401, "session_ended")


async def test_no_token_for_a_right_that_is_not_granted(stage: Any, shop: Any) -> None:
    login = await shop.portal_login()
    answer = await stage.mint("gateway", "documents", "documents:release", session_hash=login["session"]["hash"])

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


async def test_an_edge_acts_only_for_the_people_it_serves(stage: Any, shop: Any) -> None:
    answer = await stage.mint("gateway", "documents", "documents:read", session_hash=shop.session_hash)

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


async def test_only_a_service_with_its_credential_gets_tokens(stage: Any, shop: Any) -> None:
    body = {"audience": "documents", "right": "documents:read", "session_hash": shop.session_hash}
    for auth in (("gateway", "wrong"), ("gateway", ""), ("nobody", ""), None):
        answer = await stage.http.post("/v1/tokens", json=body, auth=auth)
        assert (answer.status_code, answer.json()["code"]) == (401, "service_unknown")


async def test_a_service_token_names_the_service_and_the_merchant(stage: Any) -> None:
    merchant = uuid4()
    body = {"audience": "payments", "merchant_id": str(merchant)}
    answer = (await stage.as_edge("POST", "/v1/service-tokens", edge="admin", json=body)).json()

    verifier = TokenVerifier("payments", str(stage.http.base_url))
    principal = await verifier.verify(answer["token"])
    await verifier.close()
    assert (principal.subject, principal.rights) == ("service:admin", {"service"})
    assert principal.merchant_id == merchant


async def test_a_service_gets_no_token_for_whom_it_has_no_reason_to_call(stage: Any) -> None:
    body = {"audience": "identity", "merchant_id": None}
    answer = await stage.as_edge("POST", "/v1/service-tokens", edge="documents", json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


async def test_a_portal_token_carries_its_customers(stage: Any, shop: Any) -> None:
    login = await shop.portal_login()
    answer = await stage.mint("gateway", "payments", "documents:pay", session_hash=login["session"]["hash"])

    principal = answer.json()["principal"]
    assert principal["customers"] == [login["customer_id"]]
    assert principal["sub"] == f"contact:{login['contact_id']}"
