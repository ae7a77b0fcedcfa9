"""What valid and nearly valid invoices say besides the usual: the whole service makes a document of each, with its amounts."""

import re
from datetime import date
from decimal import Decimal

from kontor_documents.content.model import (
    Address,
    AllowanceCharge,
    BankAccount,
    DocumentData,
    Identifier,
    Line,
    Party,
    PaymentMeans,
)
from kontor_documents.einvoice.totals import complete
from kontor_documents.einvoice.write import write_cii, write_ubl

PARTY = Party(
    name="Brunner Haustechnik GmbH", identifiers=[Identifier(id="20931")], address=Address(line1="Weg 1", city="Bonn")
)
DATA = complete(
    DocumentData(
        number="RE-1", issue_date=date(2026, 11, 20), due_date=date(2026, 12, 4), seller=PARTY, buyer=PARTY,
        payment_terms="Netto", payment_means=[PaymentMeans(code="58", account=BankAccount(iban="DE02120300000000202051"))],
        allowances_charges=[AllowanceCharge(amount=Decimal(2), tax_rate=Decimal(19), reason="Rabatt")],
        lines=[Line(name="Wartung", net_price=Decimal(102), tax_rate=Decimal(19))],
    )
)  # fmt: skip
UBL, CII = write_ubl(DATA).decode(), write_cii(DATA).decode()
CASH = "<cac:PaymentMeans><cbc:PaymentMeansCode>10</cbc:PaymentMeansCode></cac:PaymentMeans>"


def within(depth: int) -> str:
    """A line below the line, `depth` deep."""
    below = within(depth - 1) if depth > 1 else ""
    return (
        f'<cac:SubInvoiceLine><cbc:ID>{depth}</cbc:ID><cbc:InvoicedQuantity unitCode="C62">1</cbc:InvoicedQuantity>'
        f'<cbc:LineExtensionAmount currencyID="EUR">1</cbc:LineExtensionAmount><cac:Item><cbc:Name>Teil {depth}</cbc:Name></cac:Item>'
        f"{below}</cac:SubInvoiceLine>"
    )


VARIANTS = {
    "allowance without reason": re.sub("<cbc:AllowanceChargeReason>.*?</cbc:AllowanceChargeReason>", "", UBL),
    "allowance without reason in CII": re.sub("<ram:Reason>.*?</ram:Reason>", "", CII),
    "several means": UBL.replace("<cac:PaymentMeans>", CASH + "<cac:PaymentMeans>"),
    "several terms": UBL.replace(
        "<cac:PaymentTerms>", "<cac:PaymentTerms><cbc:Note>Zweite</cbc:Note></cac:PaymentTerms><cac:PaymentTerms>"
    ),
    "seller named twice": re.sub(
        "(<cac:PartyLegalEntity>.*?</cac:PartyLegalEntity>)", r"\1\1", UBL, count=1, flags=re.DOTALL
    ),
    "lines three deep": UBL.replace("</cac:InvoiceLine>", within(3) + "</cac:InvoiceLine>"),
    "lines sixty deep": UBL.replace("</cac:InvoiceLine>", within(60) + "</cac:InvoiceLine>"),
    "accounts in another currency": UBL.replace(
        "</cbc:DocumentCurrencyCode>", "</cbc:DocumentCurrencyCode><cbc:TaxCurrencyCode>SEK</cbc:TaxCurrencyCode>"
    ),
    "no lines": re.sub(
        "<ram:IncludedSupplyChainTradeLineItem>.*</ram:IncludedSupplyChainTradeLineItem>", "", CII, flags=re.DOTALL
    ).replace("urn:cen.eu:en16931:2017", "urn:factur-x.eu:1p0:basicwl"),
    "empty optional elements": UBL.replace("<cbc:DueDate>", "<cbc:TaxPointDate/><cbc:DueDate>"),
}


async def test_each_variant_becomes_a_document_with_its_amounts(documents):
    await documents.open_shop(automatic_release=False)
    await documents.add_customer()
    answers = {}
    for position, (name, xml) in enumerate(VARIANTS.items()):
        answers[name] = await documents.submit(file=xml.replace(">RE-1<", f">RE/{position} Ä#<").encode())
        assert answers[name].status_code == 202, (name, answers[name].text)
    for name, answer in answers.items():
        found = await documents.status(answer)
        assert found["status"] == "processed", (name, found)
        document = found["document"]
        assert (document["total"]["minor_units"], document["amount_due"]["minor_units"]) == (11900, 11900), name
        assert document["has_pdf"], (name, document["issues"])
        assert [issue for issue in document["issues"] if issue["severity"] == "blocker"] == [], name
