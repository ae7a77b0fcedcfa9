"""Whatever Kontor says, it says in German and in English, and the same everywhere."""

from collections import defaultdict

import pytest

from tools import catalog

PACKAGES = catalog.packages()


def test_every_message_has_its_german() -> None:
    assert catalog.untranslated() == []


@pytest.mark.parametrize("package", PACKAGES, ids=lambda folder: folder.name)
def test_a_catalog_holds_only_what_its_package_says(package) -> None:
    written = {catalog.key(message): message for message in catalog.known(package) if message.id}
    assert written.keys() <= {catalog.key(message) for message in catalog.extracted(package) if message.id}
    assert [message.id for message in written.values() if message.fuzzy] == []


def test_a_message_means_the_same_everywhere() -> None:
    words = defaultdict(set)
    for package in PACKAGES:
        for message, german in catalog.said(package).items():
            words[message].add(german)
    assert {message: german for message, german in words.items() if len(german) > 1} == {}
