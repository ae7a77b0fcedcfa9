"""Whatever Kontor says, it says in German and in English, and the same everywhere."""

import re
from collections import defaultdict
from importlib import import_module

import pytest

from kontor.common.v1 import options_pb2
from kontor.payments.v1.payments_pb2_codes import FailureCode
from kontor_events.registry import contexts
from kontor_service import i18n
from kontor_service.vocabulary import long, word
from tools import catalog

PACKAGES = catalog.packages()
# Shown to nobody: other systems read them.
WORDLESS = {("documents", "SubmissionState")}


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


def test_german_asks_for_no_parameter_that_the_message_has_not() -> None:
    names = re.compile(r"%\((\w+)\)")
    asked = {
        f"{package.name}: {message}": set(names.findall("".join(german))) - set(names.findall(message))
        for package in PACKAGES
        for (_context, message), german in catalog.said(package).items()
    }
    # A singular may say "one" for its count.
    assert {message: more for message, more in asked.items() if more - {"count", "num"}} == {}


def kinds():
    """The enums of the contract that fields hold."""
    for context, contract in contexts().items():
        for message in contract.DESCRIPTOR.message_types_by_name.values():
            for field in message.fields:
                if kind := field.GetOptions().Extensions[options_pb2.codes]:
                    yield context, kind


@pytest.mark.parametrize(("context", "kind"), sorted(set(kinds()) - WORDLESS))
def test_every_code_of_the_contract_has_its_word(context, kind) -> None:
    found = getattr(import_module(f"kontor.{context}.v1.{context}_pb2_codes"), kind)
    assert [code for code in found if not code.word] == []


@pytest.mark.parametrize("code", FailureCode)
@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_customers_and_staff_read_why_a_payment_failed(code, language) -> None:
    with i18n.speaking(language):
        assert long(FailureCode, code).endswith(".")
        assert word(FailureCode, code)


def test_who_was_declined_in_the_sandbox_reads_so() -> None:
    with i18n.speaking("de"):
        assert long(FailureCode, "card_declined") == "Die Karte wurde abgelehnt."
        assert word(FailureCode, "card_declined") == "die Karte wurde abgelehnt"
    with i18n.speaking("en"):
        assert long(FailureCode, "card_declined") == "The card was declined."
