"""What a file says it is."""

import pytest

from kontor_service.media_types import safe_media_type


@pytest.mark.parametrize(
    "said", ["application/pdf", "image/svg+xml", " Text/CSV ", "application/vnd.oasis.opendocument.text"]
)
def test_a_type_that_headers_can_carry_stays(said: str) -> None:
    assert safe_media_type(said) == said.strip().lower()


@pytest.mark.parametrize(
    "said",
    [
        "",
        "pdf",
        "text/plain\r\nX-Evil: 1",
        "application/ÄÖÜ",
        "multipart/mixed",
        "text/html; charset=\x00",
        "a" * 100_000,
    ],
)
def test_anything_else_is_mere_bytes(said: str) -> None:
    assert safe_media_type(said) == "application/octet-stream"
