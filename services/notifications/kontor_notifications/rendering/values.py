"""The value of each placeholder for one mail."""

from kontor.documents.v1.documents_pb2 import Document
from kontor.identity.v1.identity_pb2 import Address
from kontor_notifications import words
from kontor_notifications.rendering.blocks import Button, Code, Entries, Entry, Row, Rows, Values
from kontor_notifications.rendering.facts import DocumentFacts, Facts, Payment, Secrets
from kontor_notifications.rendering.meter_values import reading_invitation_values, reading_values
from kontor_notifications.words import Language
from kontor_service.formats import day, moment, money

# What the recipient is asked to pay.
_PAYABLE = frozenset({"invoice", "reminder"})
# A number without a price list behind it says nothing.
_WITHOUT_AMOUNT = frozenset({"delivery_note", "contract", "other"})


def values(facts: Facts, secrets: Secrets) -> Values:
    """By canonical placeholder name; names that do not apply are missing."""
    found: Values = {**_people(facts), **_links(facts, secrets)}
    if len(facts.documents) == 1:
        found |= _document(facts, facts.documents[0])
    if facts.documents:
        found["Documents"] = Entries(tuple(_entry(one, facts, secrets) for one in facts.documents))
        found["Documents.count"] = str(len(facts.documents))
    if facts.attachments:
        found["Attachments"] = f"{words.LABELS['attached'][facts.language]}: {', '.join(facts.attachments)}"
    if facts.payment:
        found |= _payment(facts.payment, facts.language)
    if facts.reading_invitation:
        found |= reading_invitation_values(facts.reading_invitation, facts.language)
    if facts.reading:
        found |= reading_values(facts.reading, facts.language, facts.merchant.time_zone or "UTC")
    if secrets.code:
        found["Code"] = Code(secrets.code)
    if facts.expires_at:
        found["Link.valid_until"] = moment(facts.expires_at, facts.language, facts.merchant.time_zone or "UTC")
    return found


def address_line(address: Address) -> str:
    place = f"{address.post_code} {address.city}".strip()
    return ", ".join(part for part in (address.line1, address.line2, place) if part)


def _people(facts: Facts) -> Values:
    greeting = {"de": "Guten Tag", "en": "Hello"}[facts.language]
    merchant, customer = facts.merchant, facts.customer
    return {
        "Greeting": f"{greeting} {facts.name}" if facts.name else greeting,
        "Client.name": customer.name,
        "Client.number": customer.number,
        "Contact.name": facts.name or customer.name,
        "Contact.email": facts.recipient,
        "Company.name": merchant.name,
        "Company.email": merchant.contact_email,
        "Company.phone": merchant.contact_phone,
        "Company.address": address_line(merchant.address),
    }


def _links(facts: Facts, secrets: Secrets) -> Values:
    found: Values = {}
    language = facts.language
    if secrets.customer:
        found["Client.customerportal_url"] = Button(secrets.customer, words.BUTTONS["portal"][language])
    if secrets.link and facts.kind in words.BUTTONS:
        found["Link"] = Button(secrets.link, words.BUTTONS[facts.kind][language])
    if len(facts.documents) == 1:
        one = facts.documents[0]
        url = secrets.documents.get(one.state.id)
        if url:
            found["Document.customerportal_url"] = found["Link"] = Button(url, _label(one, facts))
    return found


def _label(one: DocumentFacts, facts: Facts) -> str:
    """ "Pay" only where that is possible and still to be done."""
    pays = _to_pay(one) > 0 and one.state.type in _PAYABLE and facts.merchant.payments_enabled
    name = words.type_name(one.state.type, facts.language)
    return words.BUTTONS["pay" if pays and not _debited(one.state) else "document"][facts.language].format(type=name)


def _debited(document: Document) -> bool:
    return document.payment_means == "direct_debit"


def _asks(document: Document) -> bool:
    """Whether the reader is to pay by a date: not what is debited anyway."""
    return document.type in _PAYABLE and not _debited(document)


def _to_pay(one: DocumentFacts) -> int:
    return one.state.amount_due_minor if one.open_minor is None else one.open_minor


def _document(facts: Facts, one: DocumentFacts) -> Values:
    state, language = one.state, facts.language
    return {
        "Document.type": words.type_name(state.type, language),
        "Document.number": state.number,
        "Document.title": state.title,
        "Document.date": day(state.issue_date, language),
        "Document.due_date": day(state.due_date, language),
        "Document.valid_until": day(state.valid_until, language),
        "Document.amount": _amount(state, language),
        "Document.open_amount": money(_to_pay(one), state.currency, language) if state.currency else "",
        "Document.gross": _money(state.gross_minor, state, language),
        "Document.net": _money(state.net_minor, state, language),
        "Document.tax": _money(state.tax_minor, state, language),
        "Document.cash_discount": _cash_discount(state, language),
        "Document.payment_reference": state.payment_reference,
        "Document.tracking_url": state.tracking_url,
        "Overview": Rows(tuple(_overview(facts, one))),
    }


def _money(minor: int, document: Document, language: Language) -> str:
    return money(minor, document.currency, language) if minor and document.currency else ""


def _amount(document: Document, language: Language) -> str:
    if document.type in _WITHOUT_AMOUNT:
        return ""
    minor = document.amount_due_minor if document.type in _PAYABLE else document.gross_minor
    return _money(minor or document.gross_minor, document, language)


def _cash_discount(document: Document, language: Language) -> str:
    """The steps that were agreed: 2 % until 12.11.: 771,45 €."""
    until = {"de": "bis", "en": "until"}[language]
    return "; ".join(
        f"{money(step.payable_minor, document.currency, language)} {until} {day(step.until, language)}"
        for step in document.cash_discounts
    )


def _overview(facts: Facts, one: DocumentFacts) -> list[Row]:
    state, language = one.state, facts.language
    if facts.payment:
        rows = _payment_rows(facts.payment, state, language)
    else:
        label = "to_pay" if state.type in _PAYABLE else "amount"
        rows = [
            ("number", state.number, False),
            ("date", day(state.issue_date, language), False),
            (label, _amount(state, language), True),
            ("due_date", day(state.due_date, language) if _asks(state) else "", False),
            ("debit", day(state.direct_debit_date, language) if _debited(state) else "", False),
            ("cash_discount", _cash_discount(state, language), False),
            ("valid_until", day(state.valid_until, language), False),
            ("tracking", " ".join(part for part in (state.carrier, state.tracking_number) if part), False),
        ]
    return [Row(words.LABELS[name][language], value, strong) for name, value, strong in rows if value]


def _payment_rows(payment: Payment, document: Document, language: Language) -> list[tuple[str, str, bool]]:
    return [
        ("number", document.number, False),
        ("payment", money(payment.amount_minor, payment.currency, language), True),
        ("method", words.method_name(payment.method, language), False),
        ("expected_on", day(payment.expected_on, language), False),
        ("open", money(payment.open_minor, payment.currency, language) if payment.open_minor else "", False),
    ]


def _payment(payment: Payment, language: Language) -> Values:
    return {
        "Payment.amount": money(payment.amount_minor, payment.currency, language),
        "Payment.method": words.method_name(payment.method, language),
        "Payment.expected_on": day(payment.expected_on, language),
        "Payment.reason": words.failure_sentence(payment.failure, language),
    }


def _entry(one: DocumentFacts, facts: Facts, secrets: Secrets) -> Entry:
    state, language = one.state, facts.language
    due = f"{words.LABELS['due_date'][language]} {day(state.due_date, language)}"
    name = words.type_name(state.type, language)
    return Entry(
        title=f"{name[:1].upper()}{name[1:]} {state.number}".strip(),
        details=due if state.due_date and state.type in _PAYABLE else day(state.issue_date, language),
        amount=_amount(state, language),
        url=secrets.documents.get(state.id, ""),
    )
