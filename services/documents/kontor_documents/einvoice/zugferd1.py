"""ZUGFeRD 1.0 (2014), which older ERPs still write: the same tree as CII under older names."""

from lxml import etree

from kontor_documents.einvoice import cii

TAG = "{urn:ferd:CrossIndustryDocument:invoice:1p0}CrossIndustryDocument"

_NAMESPACES = {
    "urn:ferd:CrossIndustryDocument:invoice:1p0": "rsm",
    "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:12": "ram",
    "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:15": "udt",
}
_NAMES = {
    "CrossIndustryDocument": "CrossIndustryInvoice",
    "SpecifiedExchangedDocumentContext": "ExchangedDocumentContext",
    "HeaderExchangedDocument": "ExchangedDocument",
    "SpecifiedSupplyChainTradeTransaction": "SupplyChainTradeTransaction",
    "DeliveryNoteReferencedDocument": "DespatchAdviceReferencedDocument",
    "SpecifiedTradeAccountingAccount": "ReceivableSpecifiedTradeAccountingAccount",
    "ApplicablePercent": "RateApplicablePercent",
    **{f"ApplicableSupplyChainTrade{part}": f"ApplicableHeaderTrade{part}" for part in cii.PARTS},
    **{f"SpecifiedSupplyChainTrade{part}": f"SpecifiedLineTrade{part}" for part in cii.PARTS},
}


def to_cii(root: etree._Element) -> etree._Element:
    """Gives every element the name that CII has for it."""
    for element in root.iter():
        name = etree.QName(element)
        prefix = _NAMESPACES.get(name.namespace or "")
        if prefix:
            element.tag = f"{{{cii.DOCUMENT.namespaces[prefix]}}}{_name(element, name.localname)}"
    return root


def _name(element: etree._Element, name: str) -> str:
    """The CII name of the element; for some names it depends on the parent element, which is already renamed."""
    above = element.getparent()
    place = "" if above is None else etree.QName(above).localname
    if name == "SpecifiedTradeSettlementMonetarySummation":
        return name.replace("Monetary", "LineMonetary" if "Line" in place else "HeaderMonetary")
    if name == "ID" and place.endswith("ReferencedDocument"):
        return "IssuerAssignedID"
    return _NAMES.get(name, name)
