"""Every rule of the packaged schematrons has a sentence for people, in both languages, with its own text for experts."""

from collections.abc import Iterator

import pytest
from lxml import etree

from kontor_documents.einvoice import rule_sentences, validate
from kontor_documents.einvoice.rule_sentences import sentence
from kontor_service.i18n import speaking
from kontor_service.vocabulary import complete, say

_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_XSL = "{http://www.w3.org/1999/XSL/Transform}"
SCHEMATRONS = sorted({rules.schematron for rules in (*validate._CII_RULES.values(), *validate._UBL_RULES.values())})


def rules(schematron: str) -> Iterator[tuple[str, str]]:
    """The id and the text of each rule."""
    root = etree.parse(validate._shipped() / schematron).getroot()
    for found in root.iter(f"{_SVRL}failed-assert", f"{_SVRL}successful-report"):
        ids = (attribute.text for attribute in found.iter(f"{_XSL}attribute") if attribute.get("name") == "id")
        yield next(ids, None) or "", " ".join("".join(found.find(f"{_SVRL}text").itertext()).split())


@pytest.mark.parametrize("schematron", SCHEMATRONS)
def test_every_official_rule_has_a_sentence_in_both_languages(schematron: str) -> None:
    found = list(rules(schematron))
    assert len(found) > 50
    for rule, official in found:
        message, params = sentence(rule, official)
        assert message != rule_sentences._OTHER, (rule, official)
        assert complete(message, params), (rule, message)
        assert params["official"] == official
        with speaking("en"):
            english = say(message, params)
        with speaking("de"):
            german = say(message, params)
        assert german != english, (rule, english)
        assert official not in (german, english)


@pytest.mark.parametrize(
    ("rule", "official", "german"),
    [
        ("BR-27", "[BR-27]-The Item net price (BT-146) shall NOT be negative.", "Ein Preis kann nicht negativ sein."),
        ("FX-SCH-A-000206", "[BR-27]-The Item net price shall NOT be negative.", "Ein Preis kann nicht negativ sein."),
        ("BR-IC-05", "[BR-IC-05]-In an Invoice line …", "Bei Umsatzsteuer der Kategorie K muss der Steuersatz 0 sein."),
        ("BR-CL-14", "[BR-CL-14]-Country codes MUST be coded using ISO code list 3166-1", "in der Liste ISO 3166-1."),
        ("BR-FXEXT-S-08", "[BR-FXEXT-S-08] - Absolute Value of …", "Der Nettobetrag der Kategorie S stimmt nicht"),
        ("UBL-SR-16", "[UBL-SR-16]-Buyer identifier shall occur maximum once", "darf nur einmal vorkommen"),
        ("BR-NEW-1", "[BR-NEW-1]-Of tomorrow.", "Eine amtliche Regel für E-Rechnungen ist nicht erfüllt."),
    ],
)
def test_rules_are_told_by_what_they_are_about(rule: str, official: str, german: str) -> None:
    with speaking("de"):
        assert german in say(*sentence(rule, official))
