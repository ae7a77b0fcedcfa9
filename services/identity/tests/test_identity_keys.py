"""Derived secrets and signing keys: pure."""

import dataclasses
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kontor_identity.keys.derived import Purpose, SecretKeys, TokenUnreadable
from kontor_identity.keys.signing import KeyUnusable, SigningKeys, new_seed

KEYS = SecretKeys({"k1": "first secret", "k2": "second secret"}, "k2")


@given(st.uuids(), st.integers(1, 2**40), st.sampled_from(Purpose))
def test_a_token_is_read_and_genuine_for_its_purpose_and_generation_only(
    id: UUID, generation: int, purpose: Purpose
) -> None:
    token = KEYS.read(KEYS.token(purpose, id, generation))

    assert token.id == id
    assert KEYS.genuine(token, purpose, generation)
    assert not KEYS.genuine(token, purpose, generation + 1)
    assert not any(KEYS.genuine(token, other, generation) for other in Purpose if other != purpose)


@given(st.text(max_size=80))
def test_no_text_breaks_the_reading(text: str) -> None:
    try:
        token = KEYS.read(text)
    except TokenUnreadable:
        return
    assert not KEYS.genuine(token, Purpose.LINK)


def test_a_changed_token_is_not_genuine() -> None:
    token = KEYS.read(KEYS.token(Purpose.LINK, uuid4()))

    assert not KEYS.genuine(dataclasses.replace(token, id=uuid4()), Purpose.LINK)
    assert not KEYS.genuine(dataclasses.replace(token, mac=token.mac[:-1]), Purpose.LINK)
    assert not KEYS.genuine(dataclasses.replace(token, key_id="k1"), Purpose.LINK)


def test_a_token_of_the_old_key_stays_good_until_the_key_is_gone() -> None:
    old = SecretKeys({"k1": "first secret"}, "k1").token(Purpose.LINK, uuid4())

    assert KEYS.genuine(KEYS.read(old), Purpose.LINK)
    with pytest.raises(TokenUnreadable):
        SecretKeys({"k2": "second secret"}, "k2").read(old)


@given(st.uuids())
def test_a_code_has_eight_digits_and_depends_on_the_key(id: UUID) -> None:
    code = KEYS.code(id, "k2")

    assert len(code) == 8
    assert code.isdecimal()
    assert code == KEYS.code(id, "k2")


def test_the_published_keys_hold_no_secret() -> None:
    seed = new_seed()
    (key,) = SigningKeys({"2026": seed}, "2026").key_set()["keys"]

    assert set(key) == {"kty", "crv", "x", "kid", "alg", "use"}
    assert seed.rstrip("=") not in str(key)


@pytest.mark.parametrize("seed", ["", "AAAA", "kein base64!"])
def test_a_key_that_is_none_is_refused_by_name(seed: str) -> None:
    with pytest.raises(KeyUnusable, match="2026"):
        SigningKeys({"2026": seed}, "2026")
