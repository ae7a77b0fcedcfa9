"""The rules of templates: placeholders, the portal block, what is said when something is empty."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kontor.documents.v1.documents_pb2 import Document
from kontor.identity.v1.identity_pb2 import Customer, Merchant
from kontor.payments.v1.payments_pb2 import CashDiscount, Receivable
from kontor_notifications.kind import MailText
from kontor_notifications.kinds import text_of, texts
from kontor_notifications.rendering.facts import DocumentFacts, Facts, Secrets
from kontor_notifications.rendering.render import Rendered, Wording, render
from kontor_notifications.templates import syntax
from kontor_service.i18n import LANGUAGES

INVOICE = text_of("document_shared:invoice")
TEXTS = [pytest.param(text, id=key) for key, (_kind, text) in texts().items()]
LINK = "https://portal.example/l/secret"


@pytest.fixture
def facts(merchant: Merchant, customer: Customer, document: Document) -> Facts:
    return Facts(
        language="de", merchant=merchant, recipient="erika@baeckerei-mueller.example",
        name="Erika Müller", customer=customer, documents=(DocumentFacts(document),),
    )  # fmt: skip


def rendered(text: str, facts: Facts, *, subject: str = "Betreff") -> Rendered:
    secrets = Secrets(documents={one.state.id: LINK for one in facts.documents}, customer=LINK + "-all")
    return render(Wording(INVOICE, subject, text), but(facts, secrets=secrets), logo=None)


def body(text: str, facts: Facts, **options: Any) -> str:
    return rendered(text, facts, **options).text.split("\n\n-- \n")[0]


def but(facts: Facts, **changes: Any) -> Facts:
    return Facts(**{**facts.__dict__, **changes})


def errors(subject: str, text: str, kind: MailText = INVOICE) -> list[tuple[str, str]]:
    try:
        syntax.check(kind, subject, text)
    except syntax.TemplateInvalid as refused:
        return [(error["field"], error["code"]) for error in refused.errors]
    return []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", TEXTS)
def test_every_default_is_a_valid_template(text: MailText, language: Any) -> None:
    assert errors(*text.default(language), kind=text) == []


@pytest.mark.parametrize("text", TEXTS)
def test_every_spelling_of_every_placeholder_is_accepted_and_means_only_one(text: MailText) -> None:
    for placeholder in text.placeholders:
        for spelling in placeholder.spellings:
            syntax.check(text, "Betreff", f"[{spelling}] [{spelling.lower()}]")
            assert text.by_spelling[spelling.lower()] is placeholder


def test_an_unknown_placeholder_is_named_with_its_field() -> None:
    with pytest.raises(syntax.TemplateInvalid) as refused:
        syntax.check(INVOICE, "Rechnung [Invoice.nummber]", "Guten Tag [Kunde.Vorname]")
    found = refused.value.errors
    assert [(error["field"], error["code"]) for error in found] == [
        ("subject", "unknown_placeholder"), ("text", "unknown_placeholder"),
    ]  # fmt: skip
    assert found[0]["params"] == {"mark": "Invoice.nummber", "near": "Invoice.nummer"}
    assert found[1]["params"] == {"mark": "Kunde.Vorname", "near": "Kunde.name"}


def test_another_types_placeholder_is_unknown() -> None:
    assert errors("Betreff", "[Offer.number]") == [("text", "unknown_placeholder")]


@pytest.mark.parametrize("text", ["[PORTAL]offen", "zu[/PORTAL]", "[PORTAL]a[PORTAL]b[/PORTAL]"])
def test_an_unbalanced_portal_block_is_refused(text: str) -> None:
    assert ("text", "portal_unbalanced") in errors("Betreff", text)


def test_a_link_cannot_stand_in_a_subject() -> None:
    assert errors("[Invoice.customerportal_url]", "Text") == [("subject", "not_in_subject")]


def test_a_subject_is_one_line() -> None:
    assert errors("Rechnung\r\nBcc: x@example.org", "Text") == [("subject", "control_character")]


def test_brackets_around_anything_but_a_name_are_plain_text(facts: Facts) -> None:
    assert body("Siehe [1], [siehe Anlage] und [2026].", facts) == "Siehe [1], [siehe Anlage] und [2026]."


def test_german_and_english_placeholders_say_the_same(facts: Facts) -> None:
    german = body("[Rechnung.Nummer] [Rechnung.Betrag] [Rechnung.Fälligkeit] [Kunde.Name] [Firma.Name]", facts)
    assert german == body("[Invoice.number] [Invoice.amount] [Invoice.due_date] [Client.name] [Company.name]", facts)
    assert german == "RE-2026-0042 787,19\u00a0€ 16. März 2026 Bäckerei Müller Elektro Wagner GmbH"


def test_the_portal_block_appears_only_where_the_portal_is_on(facts: Facts) -> None:
    text = "Hallo\n\n[PORTAL]Im Portal:\n[Invoice.customerportal_url]\n\nNoch ein Absatz.[/PORTAL]\n\nGruß"
    assert (
        body(text, facts)
        == f"Hallo\n\nIm Portal:\n\nRechnung ansehen und bezahlen:\n{LINK}\n\nNoch ein Absatz.\n\nGruß"
    )
    assert body(text, but(facts, portal=False)) == "Hallo\n\nGruß"


def test_a_portal_block_within_a_line_leaves_the_rest(facts: Facts) -> None:
    assert body("Vorn [PORTAL]im Portal [/PORTAL]hinten", but(facts, portal=False)) == "Vorn hinten"


def test_a_line_whose_placeholders_are_all_empty_is_left_out(facts: Facts) -> None:
    assert body("Eins\nSendung: [Invoice.tracking_url]\nZwei", facts) == "Eins\nZwei"


def test_a_link_within_a_sentence_stays_in_it(facts: Facts) -> None:
    assert body("Hier: [Invoice.customerportal_url] – bitte.", facts) == f"Hier: {LINK} – bitte."


def test_what_a_customer_is_called_is_never_read_as_a_template(facts: Facts) -> None:
    customer = Customer(name="[Invoice.number] <b>[PORTAL]</b>")
    found = rendered("An [Client.name]", but(facts, customer=customer))
    assert "An [Invoice.number] <b>[PORTAL]</b>" in found.text
    assert "An [Invoice.number] &lt;b&gt;[PORTAL]&lt;/b&gt;" in found.html


def test_only_web_addresses_become_links(facts: Facts) -> None:
    html = rendered('Siehe https://example.org/a?b=1&c="x" und javascript:alert(1).', facts).html
    assert '<a href="https://example.org/a?b=1&amp;c=" class="ink"' in html
    assert 'href="javascript' not in html


def test_a_paid_invoice_does_not_ask_to_be_paid(facts: Facts, document: Document) -> None:
    paid = but(facts, documents=(DocumentFacts(document, Receivable(open_minor=0)),))
    assert body("[Link]", paid).startswith("Rechnung ansehen:")


def test_a_mail_asks_for_what_payments_says_is_open_and_names_the_discounts_that_are_left(
    facts: Facts, document: Document
) -> None:
    left = CashDiscount(until="2026-12-01", percent="3.00", payable_minor=65430)
    owed = Receivable(open_minor=69000, cash_discounts=[left])
    text = body("[Overview]\n[Link]", but(facts, documents=(DocumentFacts(document, owed),)))
    assert "Zu bezahlen: 690,00\xa0€" in text
    assert "654,30\xa0€ bis 1. Dezember 2026" in text


@pytest.mark.parametrize(
    ("changes", "amount"),
    [({"kind": "self_billed"}, "787,19"), ({"amount_due_minor": -1900, "gross_minor": -1900}, "19,00")],
)
def test_an_invoice_that_gives_money_asks_for_none(facts: Facts, document: Document, changes: Any, amount: str) -> None:
    for name, value in changes.items():
        setattr(document, name, value)
    text = body("[Overview]\n[Link]", but(facts, documents=(DocumentFacts(document),)))
    assert f"Guthaben: {amount}\xa0€" in text
    assert "ezahl" not in text
    assert "Fällig" not in text
    assert "Skonto" not in text


def test_a_debited_invoice_says_when_instead_of_asking(facts: Facts, document: Document) -> None:
    document.payment_means, document.direct_debit_date = "direct_debit", "2026-03-20"
    text = body("[Overview]\n[Link]", but(facts, documents=(DocumentFacts(document),)))
    assert "Wird abgebucht am: 20. März 2026" in text
    assert "Fällig am" not in text
    assert "bezahlen" not in text


def test_a_debited_invoice_without_a_day_says_that_it_is_debited(facts: Facts, document: Document) -> None:
    document.payment_means = "direct_debit"
    text = body("[Overview]\n[Link]", but(facts, documents=(DocumentFacts(document),)))
    assert "wird von Ihrem Konto eingezogen" in text
    assert "ezahlen" not in text


@settings(deadline=None)
@given(subject=st.text(max_size=80), text=st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_any_template_is_either_refused_or_rendered(subject: str, text: str) -> None:
    facts = Facts(language="de", merchant=Merchant(name="M"), recipient="a@example.org",
                  documents=(DocumentFacts(Document(id="1", type="invoice", number="RE-1")),))  # fmt: skip
    if not errors(subject, text):
        assert "\n\n-- \n" in rendered(text, facts, subject=subject).text


@settings(deadline=None)
@given(name=st.text(max_size=60))
def test_no_value_breaks_the_subject_into_lines(name: str) -> None:
    facts = Facts(language="de", merchant=Merchant(name=name), recipient="a@example.org")
    subject = rendered("Text", facts, subject="Von [Company.name]").subject
    assert all(sign.isprintable() for sign in subject)
