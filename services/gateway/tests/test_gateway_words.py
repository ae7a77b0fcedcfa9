"""The portal speaks German in full."""

from kontor_web.catalog import untranslated


def test_every_word_of_the_portal_has_its_german() -> None:
    assert untranslated("kontor_gateway") == []
