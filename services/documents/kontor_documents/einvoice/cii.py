"""UN/CEFACT Cross Industry Invoice as EN 16931 binds it (CEN/TS 16931-3-3), in schema order. BT numbers in comments."""

from kontor_documents.einvoice.binding import Node, Vocabulary
from kontor_documents.einvoice.codec import BASIC_DATE, BOOLEAN, BYTES, DECIMAL

NAMESPACES = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
}
ROOT = f"{{{NAMESPACES['rsm']}}}CrossIndustryInvoice"

_v = Vocabulary(NAMESPACES)
leaf, group, many, leaves, one, constant = _v.leaf, _v.group, _v.many, _v.leaves, _v.one, _v.constant


def _date(tag: str, key: str) -> Node:
    return group(tag, leaf("udt:DateTimeString", key, BASIC_DATE, format="=102"))


def _reference(tag: str, key: str) -> Node:
    return group(tag, leaf("ram:IssuerAssignedID", key))


def _period() -> Node:
    return group(
        "ram:BillingSpecifiedPeriod",
        _date("ram:StartDateTime", "start"),
        _date("ram:EndDateTime", "end"),
        key="billing_period",
    )


def _party(tag: str, key: str) -> Node:
    return group(
        tag,
        leaves("ram:ID", "ids", "id"),  # BT-29, BT-46, BT-60, BT-71
        leaves("ram:GlobalID", "global_ids", "id", schemeID="scheme"),
        leaf("ram:Name", "name"),  # BT-27, BT-44, BT-59, BT-62, BT-70
        leaf("ram:Description", "legal_info"),  # BT-33
        group(
            "ram:SpecifiedLegalOrganization",
            one("ram:ID", "legal_registration", "id", schemeID="scheme"),  # BT-30, BT-47, BT-61
            leaf("ram:TradingBusinessName", "trading_name"),  # BT-28, BT-45
        ),
        group(
            "ram:DefinedTradeContact",
            leaf("ram:PersonName", "name"),  # BT-41, BT-56
            leaf("ram:DepartmentName", "department"),
            group("ram:TelephoneUniversalCommunication", leaf("ram:CompleteNumber", "phone")),  # BT-42, BT-57
            group("ram:EmailURIUniversalCommunication", leaf("ram:URIID", "email")),  # BT-43, BT-58
            key="contact",
        ),
        group(
            "ram:PostalTradeAddress",
            leaf("ram:PostcodeCode", "post_code"),  # BT-38, BT-53, BT-67, BT-78
            leaf("ram:LineOne", "line1"),
            leaf("ram:LineTwo", "line2"),
            leaf("ram:LineThree", "line3"),
            leaf("ram:CityName", "city"),
            leaf("ram:CountryID", "country"),
            leaf("ram:CountrySubDivisionName", "subdivision"),
            key="address",
        ),
        group(
            "ram:URIUniversalCommunication",
            one("ram:URIID", "electronic_address", "id", schemeID="scheme"),  # BT-34, BT-49
        ),
        many(
            "ram:SpecifiedTaxRegistration",
            "tax_registrations",
            leaf("ram:ID", "id", schemeID="scheme"),  # BT-31 (VA), BT-32 (FC), BT-48, BT-63
        ),
        key=key,
    )


def _allowance_charge(*tax: Node) -> Node:
    return many(
        "ram:SpecifiedTradeAllowanceCharge",
        "allowances_charges",
        group("ram:ChargeIndicator", leaf("udt:Indicator", "charge", BOOLEAN)),
        leaf("ram:CalculationPercent", "percent", DECIMAL),  # BT-94, BT-101, BT-138, BT-143
        leaf("ram:BasisAmount", "base_amount", DECIMAL),  # BT-93, BT-100, BT-137, BT-142
        leaf("ram:ActualAmount", "amount", DECIMAL),  # BT-92, BT-99, BT-136, BT-141
        leaf("ram:ReasonCode", "reason_code"),  # BT-98, BT-105, BT-140, BT-145
        leaf("ram:Reason", "reason"),  # BT-97, BT-104, BT-139, BT-144
        *tax,
    )


_LINE = many(
    "ram:IncludedSupplyChainTradeLineItem",
    "lines",
    group(
        "ram:AssociatedDocumentLineDocument",
        leaf("ram:LineID", "id"),  # BT-126
        group("ram:IncludedNote", leaf("ram:Content", "note", joined=True)),  # BT-127
    ),
    group(
        "ram:SpecifiedTradeProduct",
        one("ram:GlobalID", "standard_item_id", "id", schemeID="scheme"),  # BT-157
        leaf("ram:SellerAssignedID", "seller_item_id"),  # BT-155
        leaf("ram:BuyerAssignedID", "buyer_item_id"),  # BT-156
        leaf("ram:Name", "name"),  # BT-153
        leaf("ram:Description", "description"),  # BT-154
        many(
            "ram:ApplicableProductCharacteristic",
            "attributes",
            leaf("ram:Description", "name"),  # BT-160
            leaf("ram:Value", "value"),  # BT-161
        ),
        many(
            "ram:DesignatedProductClassification",
            "classifications",
            leaf("ram:ClassCode", "code", listID="scheme", listVersionID="version"),  # BT-158
        ),
        group("ram:OriginTradeCountry", leaf("ram:ID", "country_of_origin")),  # BT-159
    ),
    group(
        "ram:SpecifiedLineTradeAgreement",
        group("ram:BuyerOrderReferencedDocument", leaf("ram:LineID", "order_line")),  # BT-132
        group(
            "ram:GrossPriceProductTradePrice",
            leaf("ram:ChargeAmount", "gross_price", DECIMAL),  # BT-148
            leaf("ram:BasisQuantity", "gross_base_quantity", DECIMAL, unitCode="gross_base_unit"),
            group(
                "ram:AppliedTradeAllowanceCharge",
                group("ram:ChargeIndicator", leaf("udt:Indicator", "discount_is_charge", BOOLEAN)),
                leaf("ram:ActualAmount", "price_discount", DECIMAL),  # BT-147
            ),
        ),
        group(
            "ram:NetPriceProductTradePrice",
            leaf("ram:ChargeAmount", "net_price", DECIMAL),  # BT-146
            leaf("ram:BasisQuantity", "price_base_quantity", DECIMAL, unitCode="base_unit"),  # BT-149, BT-150
        ),
    ),
    group(
        "ram:SpecifiedLineTradeDelivery",
        leaf("ram:BilledQuantity", "quantity", DECIMAL, unitCode="unit"),  # BT-129, BT-130
    ),
    group(
        "ram:SpecifiedLineTradeSettlement",
        group(
            "ram:ApplicableTradeTax",
            constant("ram:TypeCode", "VAT"),
            leaf("ram:CategoryCode", "tax_category"),  # BT-151
            leaf("ram:RateApplicablePercent", "tax_rate", DECIMAL),  # BT-152
        ),
        _period(),  # BG-26
        _allowance_charge(),  # BG-27, BG-28
        group(
            "ram:SpecifiedTradeSettlementLineMonetarySummation",
            leaf("ram:LineTotalAmount", "net", DECIMAL),  # BT-131
        ),
        many(
            "ram:AdditionalReferencedDocument",
            "objects",
            leaf("ram:IssuerAssignedID", "id"),  # BT-128
            leaf("ram:TypeCode", "type_code"),
            leaf("ram:ReferenceTypeCode", "scheme"),
        ),
        group("ram:ReceivableSpecifiedTradeAccountingAccount", leaf("ram:ID", "accounting_reference")),  # BT-133
    ),
)

_AGREEMENT = group(
    "ram:ApplicableHeaderTradeAgreement",
    leaf("ram:BuyerReference", "buyer_reference"),  # BT-10
    _party("ram:SellerTradeParty", "seller"),  # BG-4
    _party("ram:BuyerTradeParty", "buyer"),  # BG-7
    _party("ram:SellerTaxRepresentativeTradeParty", "tax_representative"),  # BG-11
    _reference("ram:SellerOrderReferencedDocument", "sales_order"),  # BT-14
    _reference("ram:BuyerOrderReferencedDocument", "order"),  # BT-13
    _reference("ram:ContractReferencedDocument", "contract"),  # BT-12
    many(
        "ram:AdditionalReferencedDocument",
        "additional",
        leaf("ram:IssuerAssignedID", "id"),  # BT-17, BT-18, BT-122
        leaf("ram:URIID", "url"),  # BT-124
        leaf("ram:TypeCode", "type_code"),
        leaf("ram:Name", "description"),  # BT-123
        leaf("ram:AttachmentBinaryObject", "content", BYTES, mimeCode="media_type", filename="file_name"),  # BT-125
        leaf("ram:ReferenceTypeCode", "scheme"),
    ),
    group(
        "ram:SpecifiedProcuringProject",
        leaf("ram:ID", "project"),  # BT-11
        constant("ram:Name", "Project reference"),
    ),
    always=True,
)

_DELIVERY = group(
    "ram:ApplicableHeaderTradeDelivery",
    _party("ram:ShipToTradeParty", "ship_to"),  # BG-13
    group("ram:ActualDeliverySupplyChainEvent", _date("ram:OccurrenceDateTime", "delivery_date")),  # BT-72
    _reference("ram:DespatchAdviceReferencedDocument", "delivery_note"),  # BT-16
    _reference("ram:ReceivingAdviceReferencedDocument", "receiving_advice"),  # BT-15
    always=True,
)

_PAYMENT_MEANS = many(
    "ram:SpecifiedTradeSettlementPaymentMeans",
    "payment_means",
    leaf("ram:TypeCode", "code"),  # BT-81
    leaf("ram:Information", "text"),  # BT-82
    group(
        "ram:ApplicableTradeSettlementFinancialCard",
        leaf("ram:ID", "card_number_end"),  # BT-87
        leaf("ram:CardholderName", "card_holder"),  # BT-88
    ),
    group("ram:PayerPartyDebtorFinancialAccount", leaf("ram:IBANID", "debited_iban")),  # BT-91
    group(
        "ram:PayeePartyCreditorFinancialAccount",
        leaf("ram:IBANID", "iban"),  # BT-84
        leaf("ram:AccountName", "holder"),  # BT-85
        leaf("ram:ProprietaryID", "account_id"),
    ),
    group("ram:PayeeSpecifiedCreditorFinancialInstitution", leaf("ram:BICID", "bic")),  # BT-86
)

_TAX = many(
    "ram:ApplicableTradeTax",
    "tax_breakdown",
    leaf("ram:CalculatedAmount", "tax_amount", DECIMAL),  # BT-117
    constant("ram:TypeCode", "VAT"),
    leaf("ram:ExemptionReason", "exemption_reason"),  # BT-120
    leaf("ram:BasisAmount", "taxable_amount", DECIMAL),  # BT-116
    leaf("ram:CategoryCode", "category"),  # BT-118
    leaf("ram:ExemptionReasonCode", "exemption_code"),  # BT-121
    group("ram:TaxPointDate", leaf("udt:DateString", "tax_point_date", BASIC_DATE, format="=102")),  # BT-7
    leaf("ram:DueDateTypeCode", "tax_point_code"),  # BT-8
    leaf("ram:RateApplicablePercent", "rate", DECIMAL),  # BT-119
)

# Only the profile EXTENDED has structured cash discounts; they are read, and written as #SKONTO# lines.
_DISCOUNT_TERMS = Node(
    _v.name("ram:ApplicableTradePaymentDiscountTerms"),
    (
        leaf("ram:BasisPeriodMeasure", "days", DECIMAL, unitCode="unit"),
        leaf("ram:BasisAmount", "base_amount", DECIMAL),
        leaf("ram:CalculationPercent", "percent", DECIMAL),
    ),
    key="discounts",
    many=True,
    read_only=True,
)

_SETTLEMENT = group(
    "ram:ApplicableHeaderTradeSettlement",
    leaf("ram:CreditorReferenceID", "creditor_id"),  # BT-90
    leaf("ram:PaymentReference", "payment_reference"),  # BT-83
    leaf("ram:TaxCurrencyCode", "tax_currency"),  # BT-6
    leaf("ram:InvoiceCurrencyCode", "currency"),  # BT-5
    _party("ram:PayeeTradeParty", "payee"),  # BG-10
    _PAYMENT_MEANS,  # BG-16
    _TAX,  # BG-23
    _period(),  # BG-14
    _allowance_charge(  # BG-20, BG-21
        group(
            "ram:CategoryTradeTax",
            constant("ram:TypeCode", "VAT"),
            leaf("ram:CategoryCode", "tax_category"),  # BT-95, BT-102
            leaf("ram:RateApplicablePercent", "tax_rate", DECIMAL),  # BT-96, BT-103
        )
    ),
    many(
        "ram:SpecifiedTradePaymentTerms",
        "terms",
        leaf("ram:Description", "text", joined=True),  # BT-20
        _date("ram:DueDateDateTime", "due_date"),  # BT-9
        leaf("ram:DirectDebitMandateID", "mandate"),  # BT-89
        _DISCOUNT_TERMS,
    ),
    group(
        "ram:SpecifiedTradeSettlementHeaderMonetarySummation",
        leaf("ram:LineTotalAmount", "line_net", DECIMAL),  # BT-106
        leaf("ram:ChargeTotalAmount", "charges", DECIMAL),  # BT-108
        leaf("ram:AllowanceTotalAmount", "allowances", DECIMAL),  # BT-107
        leaf("ram:TaxBasisTotalAmount", "net", DECIMAL),  # BT-109
        leaves("ram:TaxTotalAmount", "tax_totals", "amount", DECIMAL, currencyID="currency"),  # BT-110, BT-111
        leaf("ram:RoundingAmount", "rounding", DECIMAL),  # BT-114
        leaf("ram:GrandTotalAmount", "gross", DECIMAL),  # BT-112
        leaf("ram:TotalPrepaidAmount", "prepaid", DECIMAL),  # BT-113
        leaf("ram:DuePayableAmount", "due", DECIMAL),  # BT-115
        key="totals",
    ),
    many(
        "ram:InvoiceReferencedDocument",
        "preceding",
        leaf("ram:IssuerAssignedID", "number"),  # BT-25
        group(
            "ram:FormattedIssueDateTime",
            leaf("qdt:DateTimeString", "issued_on", BASIC_DATE, format="=102"),  # BT-26
        ),
    ),
    group("ram:ReceivableSpecifiedTradeAccountingAccount", leaf("ram:ID", "accounting_reference")),  # BT-19
)

DOCUMENT = Node(
    ROOT,
    (
        group(
            "rsm:ExchangedDocumentContext",
            group("ram:BusinessProcessSpecifiedDocumentContextParameter", leaf("ram:ID", "business_process")),  # BT-23
            group("ram:GuidelineSpecifiedDocumentContextParameter", leaf("ram:ID", "specification")),  # BT-24
        ),
        group(
            "rsm:ExchangedDocument",
            leaf("ram:ID", "number"),  # BT-1
            leaf("ram:TypeCode", "type_code"),  # BT-3
            _date("ram:IssueDateTime", "issue_date"),  # BT-2
            many("ram:IncludedNote", "notes", leaf("ram:Content", "text"), leaf("ram:SubjectCode", "subject")),  # BG-1
        ),
        group("rsm:SupplyChainTradeTransaction", _LINE, _AGREEMENT, _DELIVERY, _SETTLEMENT),
    ),
)
