"""Where the words of all packages come from."""

from pathlib import Path

import pytest

from kontor_service.i18n import catalogs


def test_the_words_of_an_owner_are_found_where_its_code_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = tmp_path / "kontor_elsewhere/locale/de/LC_MESSAGES/messages.po"
    catalog.parent.mkdir(parents=True)
    catalog.touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert catalogs("de")["kontor_elsewhere"] == catalog
