"""UBL 2.1 Invoice and CreditNote as EN 16931 binds them (CEN/TS 16931-3-2), in schema order. BT numbers in comments."""

from kontor_documents.einvoice.binding import Node, Vocabulary
from kontor_documents.einvoice.codec import BOOLEAN, BYTES, DECIMAL, ISO_DATE

_COMMON = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
INVOICE_NAMESPACES = {"ubl": "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2", **_COMMON}
CREDIT_NOTE_NAMESPACES = {"ubl": "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2", **_COMMON}

_v = Vocabulary(_COMMON)
leaf, group, many, leaves, one, constant = _v.leaf, _v.group, _v.many, _v.leaves, _v.one, _v.constant


def _amount(tag: str, key: str) -> Node:
    return leaf(tag, key, DECIMAL, currencyID="$currency")


def _reference(tag: str, key: str) -> Node:
    return group(tag, leaf("cbc:ID", key))


def _period(*more: Node) -> Node:
    return group(
        "cac:InvoicePeriod",
        leaf("cbc:StartDate", "start", ISO_DATE),
        leaf("cbc:EndDate", "end", ISO_DATE),
        *more,
        key="billing_period",
    )


def _address(tag: str) -> Node:
    return group(
        tag,
        leaf("cbc:StreetName", "line1"),
        leaf("cbc:AdditionalStreetName", "line2"),
        leaf("cbc:CityName", "city"),
        leaf("cbc:PostalZone", "post_code"),
        leaf("cbc:CountrySubentity", "subdivision"),
        group("cac:AddressLine", leaf("cbc:Line", "line3")),
        group("cac:Country", leaf("cbc:IdentificationCode", "country")),
        key="address",
    )


_VAT = group("cac:TaxScheme", constant("cbc:ID", "VAT"), always=True)


def _party_content() -> tuple[Node, ...]:
    return (
        one("cbc:EndpointID", "electronic_address", "id", schemeID="scheme"),  # BT-34, BT-49
        many("cac:PartyIdentification", "identifiers", leaf("cbc:ID", "id", schemeID="scheme")),  # BT-29, BT-46, BT-60
        group("cac:PartyName", leaf("cbc:Name", "trading_name")),  # BT-28, BT-45, BT-59, BT-62
        _address("cac:PostalAddress"),  # BG-5, BG-8, BG-12
        many(
            "cac:PartyTaxScheme",
            "tax_registrations",
            leaf("cbc:CompanyID", "id"),  # BT-31, BT-32, BT-48, BT-63
            group("cac:TaxScheme", leaf("cbc:ID", "scheme")),
        ),
        group(
            "cac:PartyLegalEntity",
            leaf("cbc:RegistrationName", "name"),  # BT-27, BT-44
            one("cbc:CompanyID", "legal_registration", "id", schemeID="scheme"),  # BT-30, BT-47, BT-61
            leaf("cbc:CompanyLegalForm", "legal_info"),  # BT-33
        ),
        group(
            "cac:Contact",
            leaf("cbc:Name", "name"),
            leaf("cbc:Telephone", "phone"),
            leaf("cbc:ElectronicMail", "email"),
            key="contact",
        ),
    )


def _tax_category(tag: str, category: str, rate: str, *exemption: Node) -> Node:
    return group(tag, leaf("cbc:ID", category), leaf("cbc:Percent", rate, DECIMAL), *exemption, _VAT)


def _allowance_charge(*tax: Node) -> Node:
    return many(
        "cac:AllowanceCharge",
        "allowances_charges",
        leaf("cbc:ChargeIndicator", "charge", BOOLEAN),
        leaf("cbc:AllowanceChargeReasonCode", "reason_code"),  # BT-98, BT-105, BT-140, BT-145
        leaf("cbc:AllowanceChargeReason", "reason"),  # BT-97, BT-104, BT-139, BT-144
        leaf("cbc:MultiplierFactorNumeric", "percent", DECIMAL),  # BT-94, BT-101, BT-138, BT-143
        _amount("cbc:Amount", "amount"),  # BT-92, BT-99, BT-136, BT-141
        _amount("cbc:BaseAmount", "base_amount"),  # BT-93, BT-100, BT-137, BT-142
        *tax,
    )


def _line(tag: str, quantity: str) -> Node:
    return many(
        tag,
        "lines",
        leaf("cbc:ID", "id"),  # BT-126
        leaf("cbc:Note", "note", joined=True),  # BT-127
        leaf(quantity, "quantity", DECIMAL, unitCode="unit"),  # BT-129, BT-130
        _amount("cbc:LineExtensionAmount", "net"),  # BT-131
        leaf("cbc:AccountingCost", "accounting_reference"),  # BT-133
        _period(),  # BG-26
        group("cac:OrderLineReference", leaf("cbc:LineID", "order_line")),  # BT-132
        many(
            "cac:DocumentReference",
            "objects",
            leaf("cbc:ID", "id", schemeID="scheme"),  # BT-128
            leaf("cbc:DocumentTypeCode", "type_code"),
        ),
        _allowance_charge(),  # BG-27, BG-28
        group(
            "cac:Item",
            leaf("cbc:Description", "description"),  # BT-154
            leaf("cbc:Name", "name"),  # BT-153
            group("cac:BuyersItemIdentification", leaf("cbc:ID", "buyer_item_id")),  # BT-156
            group("cac:SellersItemIdentification", leaf("cbc:ID", "seller_item_id")),  # BT-155
            group("cac:StandardItemIdentification", one("cbc:ID", "standard_item_id", "id", schemeID="scheme")),
            group("cac:OriginCountry", leaf("cbc:IdentificationCode", "country_of_origin")),  # BT-159
            many(
                "cac:CommodityClassification",
                "classifications",
                leaf("cbc:ItemClassificationCode", "code", listID="scheme", listVersionID="version"),  # BT-158
            ),
            _tax_category("cac:ClassifiedTaxCategory", "tax_category", "tax_rate"),  # BT-151, BT-152
            many(
                "cac:AdditionalItemProperty",
                "attributes",
                leaf("cbc:Name", "name"),  # BT-160
                leaf("cbc:Value", "value"),  # BT-161
            ),
        ),
        group(
            "cac:Price",
            _amount("cbc:PriceAmount", "net_price"),  # BT-146
            leaf("cbc:BaseQuantity", "price_base_quantity", DECIMAL, unitCode="base_unit"),  # BT-149, BT-150
            group(
                "cac:AllowanceCharge",
                leaf("cbc:ChargeIndicator", "discount_is_charge", BOOLEAN),
                _amount("cbc:Amount", "price_discount"),  # BT-147
                _amount("cbc:BaseAmount", "gross_price"),  # BT-148
            ),
        ),
    )


_REFERENCES_BEFORE = (
    group("cac:OrderReference", leaf("cbc:ID", "order"), leaf("cbc:SalesOrderID", "sales_order")),  # BT-13, BT-14
    many(
        "cac:BillingReference",
        "preceding",
        group("cac:InvoiceDocumentReference", leaf("cbc:ID", "number"), leaf("cbc:IssueDate", "issued_on", ISO_DATE)),
    ),  # BG-3
    _reference("cac:DespatchDocumentReference", "delivery_note"),  # BT-16
    _reference("cac:ReceiptDocumentReference", "receiving_advice"),  # BT-15
)
_TENDER = _reference("cac:OriginatorDocumentReference", "tender")  # BT-17
_CONTRACT = _reference("cac:ContractDocumentReference", "contract")  # BT-12
_ADDITIONAL = many(
    "cac:AdditionalDocumentReference",
    "additional",
    leaf("cbc:ID", "id", schemeID="scheme"),  # BT-18, BT-122
    leaf("cbc:DocumentTypeCode", "type_code"),
    leaf("cbc:DocumentDescription", "description"),  # BT-123
    group(
        "cac:Attachment",
        leaf(  # BT-125
            "cbc:EmbeddedDocumentBinaryObject", "content", BYTES, mimeCode="media_type", filename="file_name"
        ),
        group("cac:ExternalReference", leaf("cbc:URI", "url")),  # BT-124
    ),
)
_PROJECT = _reference("cac:ProjectReference", "project")  # BT-11

_PARTIES_AND_DELIVERY = (
    group("cac:AccountingSupplierParty", group("cac:Party", *_party_content(), key="seller")),  # BG-4
    group("cac:AccountingCustomerParty", group("cac:Party", *_party_content(), key="buyer")),  # BG-7
    group("cac:PayeeParty", *_party_content(), key="payee"),  # BG-10
    group("cac:TaxRepresentativeParty", *_party_content(), key="tax_representative"),  # BG-11
    group(
        "cac:Delivery",
        leaf("cbc:ActualDeliveryDate", "delivery_date", ISO_DATE),  # BT-72
        group(
            "cac:DeliveryLocation",
            leaf("cbc:ID", "location_id", schemeID="location_scheme"),  # BT-71
            group("cac:Address", *_address("cac:Address").children, key="location_address"),  # BG-15
        ),
        group("cac:DeliveryParty", group("cac:PartyName", leaf("cbc:Name", "location_name"))),  # BT-70
    ),
)


def _payment_means(due_date: Node | None) -> Node:
    return many(
        "cac:PaymentMeans",
        "payment_means",
        leaf("cbc:PaymentMeansCode", "code", name="text"),  # BT-81, BT-82
        *([due_date] if due_date else []),
        leaf("cbc:PaymentID", "payment_reference"),  # BT-83
        group(
            "cac:CardAccount",
            leaf("cbc:PrimaryAccountNumberID", "card_number_end"),  # BT-87
            leaf("cbc:NetworkID", "card_network"),
            leaf("cbc:HolderName", "card_holder"),  # BT-88
        ),
        group(
            "cac:PayeeFinancialAccount",
            leaf("cbc:ID", "iban"),  # BT-84
            leaf("cbc:Name", "holder"),  # BT-85
            group("cac:FinancialInstitutionBranch", leaf("cbc:ID", "bic")),  # BT-86
        ),
        group(
            "cac:PaymentMandate",
            leaf("cbc:ID", "mandate"),  # BT-89
            group("cac:PayerFinancialAccount", leaf("cbc:ID", "debited_iban")),  # BT-91
        ),
    )


_AFTER_PAYMENT_MEANS = (
    group("cac:PaymentTerms", leaf("cbc:Note", "payment_terms", joined=True)),  # BT-20
    _allowance_charge(_tax_category("cac:TaxCategory", "tax_category", "tax_rate")),  # BG-20, BG-21
    many(
        "cac:TaxTotal",
        "tax_totals",
        leaf("cbc:TaxAmount", "amount", DECIMAL, currencyID="currency"),  # BT-110, BT-111
        many(
            "cac:TaxSubtotal",
            "tax_breakdown",
            _amount("cbc:TaxableAmount", "taxable_amount"),  # BT-116
            _amount("cbc:TaxAmount", "tax_amount"),  # BT-117
            _tax_category(
                "cac:TaxCategory",
                "category",  # BT-118
                "rate",  # BT-119
                leaf("cbc:TaxExemptionReasonCode", "exemption_code"),  # BT-121
                leaf("cbc:TaxExemptionReason", "exemption_reason"),  # BT-120
            ),
        ),
    ),
    group(
        "cac:LegalMonetaryTotal",
        _amount("cbc:LineExtensionAmount", "line_net"),  # BT-106
        _amount("cbc:TaxExclusiveAmount", "net"),  # BT-109
        _amount("cbc:TaxInclusiveAmount", "gross"),  # BT-112
        _amount("cbc:AllowanceTotalAmount", "allowances"),  # BT-107
        _amount("cbc:ChargeTotalAmount", "charges"),  # BT-108
        _amount("cbc:PrepaidAmount", "prepaid"),  # BT-113
        _amount("cbc:PayableRoundingAmount", "rounding"),  # BT-114
        _amount("cbc:PayableAmount", "due"),  # BT-115
        key="totals",
    ),
)

_START = (
    leaf("cbc:CustomizationID", "specification"),  # BT-24
    leaf("cbc:ProfileID", "business_process"),  # BT-23
    leaf("cbc:ID", "number"),  # BT-1
    leaf("cbc:IssueDate", "issue_date", ISO_DATE),  # BT-2
)
_NOTES = leaves("cbc:Note", "notes", "text")  # BG-1
_TAX_POINT = leaf("cbc:TaxPointDate", "tax_point_date", ISO_DATE)  # BT-7
_CURRENCIES = (
    leaf("cbc:DocumentCurrencyCode", "currency"),  # BT-5
    leaf("cbc:TaxCurrencyCode", "tax_currency"),  # BT-6
    leaf("cbc:AccountingCost", "accounting_reference"),  # BT-19
    leaf("cbc:BuyerReference", "buyer_reference"),  # BT-10
    _period(leaf("cbc:DescriptionCode", "tax_point_code")),  # BG-14, BT-8
)

INVOICE = Node(
    f"{{{INVOICE_NAMESPACES['ubl']}}}Invoice",
    (
        *_START,
        leaf("cbc:DueDate", "due_date", ISO_DATE),  # BT-9
        leaf("cbc:InvoiceTypeCode", "type_code"),  # BT-3
        _NOTES,
        _TAX_POINT,
        *_CURRENCIES,
        *_REFERENCES_BEFORE,
        _TENDER,
        _CONTRACT,
        _ADDITIONAL,
        _PROJECT,
        *_PARTIES_AND_DELIVERY,
        _payment_means(None),
        *_AFTER_PAYMENT_MEANS,
        _line("cac:InvoiceLine", "cbc:InvoicedQuantity"),
    ),
)

CREDIT_NOTE = Node(
    f"{{{CREDIT_NOTE_NAMESPACES['ubl']}}}CreditNote",
    (
        *_START,
        _TAX_POINT,
        leaf("cbc:CreditNoteTypeCode", "type_code"),  # BT-3
        _NOTES,
        *_CURRENCIES,
        *_REFERENCES_BEFORE,
        _CONTRACT,
        _ADDITIONAL,
        _TENDER,
        *_PARTIES_AND_DELIVERY,
        _payment_means(leaf("cbc:PaymentDueDate", "due_date", ISO_DATE)),
        *_AFTER_PAYMENT_MEANS,
        _line("cac:CreditNoteLine", "cbc:CreditedQuantity"),
    ),
)
