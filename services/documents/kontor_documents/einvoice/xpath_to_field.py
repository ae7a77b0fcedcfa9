"""Where a finding on the CII that Kontor wrote lies in the data it was written from.

The official rules name a place in the XML. Whoever handed in JSON has never seen that XML: they are told the field.
"""

import re
from typing import Any

from lxml import etree

from kontor_documents.content.model import DocumentData
from kontor_documents.einvoice import cii
from kontor_documents.einvoice.binding import Node
from kontor_documents.einvoice.validate import Finding

_STEP = re.compile(r"(\w+)(?:\[(\d+)\])?")
_LINE = re.compile(r"line (\d+)")
_ATTRIBUTE = re.compile(r"'@(\w+)'")
_MISSING = re.compile(r"Element 'ram:(\w+)' must occur")
_TERM = re.compile(r"\b(?:BT-\d+|BG-[58])\b")
# "X shall be …" speaks of X; "X shall have Y" of Y.
_WANTED = re.compile(r"\bshall (have|contain|provide)\b")
# Who leaves the tax breakdown to be computed says why there is no tax beside it.
_EXEMPTION_RULES = re.compile(r"BR-(E|AE|IC|G|O)-10")

# Where the table of CII keeps something else than DocumentData does; see cii and business_terms.
_MOVED = tuple(
    (re.compile(pattern), moved)
    for pattern, moved in (
        (r"^(lines\[\d+\])\.attachments\b.*", r"\1.object_id"),
        (r"\b(identifiers|references|attachments)\[\d+\].*", r"\1"),
        (r"^terms\[\d+\]\.due_date$", "due_date"),
        (r"^terms\[\d+\]\.mandate$", "payment_means"),
        (r"^terms\b.*", "payment_terms"),
        (r"^creditor_id$", "payment_means"),
        (r"^(lines\[\d+\])\.gross_base_quantity$", r"\1.price_base_quantity"),
        (r"^(lines\[\d+\])\.(gross_base_unit|base_unit)$", r"\1.unit"),
        (r"^(lines\[\d+\])\.discount_is_charge$", r"\1.price_discount"),
        (r"^((lines\[\d+\]\.)?(attributes|notes)\[\d+\]).*", r"\1"),
        (r"^totals\.tax_totals\[0\].*", "totals.tax"),
        (r"^totals\.tax_totals\b.*", "totals.tax_in_accounting_currency"),
        (r"^tax_breakdown\[\d+\]\.(tax_point_date|tax_point_code)$", r"\1"),
    )
)

# Business terms that rules name where their place is a whole group. [] is the item of the place.
_TERMS = {
    "BG-5": "seller.address", "BG-8": "buyer.address",
    "BT-1": "number", "BT-2": "issue_date", "BT-3": "type_code", "BT-5": "currency", "BT-6": "tax_currency",
    "BT-9": "due_date", "BT-10": "buyer_reference", "BT-20": "payment_terms", "BT-24": "specification",
    "BT-27": "seller.name", "BT-31": "seller.vat_id", "BT-32": "seller.tax_number", "BT-34": "seller.electronic_address",
    "BT-35": "seller.address.line1", "BT-37": "seller.address.city", "BT-38": "seller.address.post_code",
    "BT-40": "seller.address.country", "BT-44": "buyer.name", "BT-47": "buyer.legal_registration",
    "BT-48": "buyer.vat_id", "BT-49": "buyer.electronic_address", "BT-52": "buyer.address.city",
    "BT-53": "buyer.address.post_code", "BT-55": "buyer.address.country", "BT-59": "payee.name",
    "BT-62": "tax_representative.name", "BT-63": "tax_representative.vat_id", "BT-69": "tax_representative.address.country",
    "BT-72": "delivery_date", "BT-73": "billing_period.start", "BT-74": "billing_period.end",
    "BT-80": "ship_to.address.country", "BT-81": "payment_means[].code", "BT-84": "payment_means[].account.iban",
    "BT-89": "payment_means[].mandate", "BT-92": "allowances_charges[].amount", "BT-99": "allowances_charges[].amount",
    "BT-95": "allowances_charges[].tax_category", "BT-102": "allowances_charges[].tax_category",
    "BT-96": "allowances_charges[].tax_rate", "BT-103": "allowances_charges[].tax_rate",
    "BT-97": "allowances_charges[].reason", "BT-104": "allowances_charges[].reason",
    "BT-106": "totals.line_net", "BT-107": "totals.allowances", "BT-108": "totals.charges", "BT-109": "totals.net",
    "BT-110": "totals.tax", "BT-112": "totals.gross", "BT-113": "totals.prepaid", "BT-114": "totals.rounding",
    "BT-115": "totals.due", "BT-116": "tax_breakdown[].taxable_amount", "BT-117": "tax_breakdown[].tax_amount",
    "BT-118": "tax_breakdown[].category", "BT-119": "tax_breakdown[].rate",
    "BT-126": "lines[].id", "BT-129": "lines[].quantity", "BT-130": "lines[].unit", "BT-131": "lines[].net",
    "BT-134": "lines[].period.start", "BT-135": "lines[].period.end",
    "BT-136": "lines[].allowances_charges[].amount", "BT-141": "lines[].allowances_charges[].amount",
    "BT-139": "lines[].allowances_charges[].reason", "BT-144": "lines[].allowances_charges[].reason",
    "BT-146": "lines[].net_price", "BT-148": "lines[].gross_price", "BT-151": "lines[].tax_category",
    "BT-152": "lines[].tax_rate", "BT-153": "lines[].name", "BT-157": "lines[].standard_item_id",
}  # fmt: skip


def field_of(finding: Finding, root: Any, data: DocumentData) -> str:
    """A path into DocumentData, as deep as it can be known: lines[2].tax_rate. Empty for the document as a whole.

    `root` is the parsed XML that the rule was applied to, `data` what it was written from. A location that is no place
    in the XML comes back as it is.
    """
    element = _element(finding.location, root)
    if element is None:
        return finding.location
    if _EXEMPTION_RULES.fullmatch(finding.rule):
        return "tax_exemptions"
    path, node = _path(element)
    if node.text:
        return _moved(_named(path, node, finding.message))
    if missing := _missing(node, finding.message):
        return _moved(_joined(path, missing))
    return _told(_moved(path), finding.message, data)


def _missing(node: Node, message: str) -> str:
    """What CII asks for in a group, by the element's name."""
    wanted = _MISSING.search(message)
    found = [child.text for child in node.children if child.text and etree.QName(child.tag).localname == _name(wanted)]
    return found[0] if found else ""


def _name(match: re.Match[str] | None) -> str:
    return match[1] if match else ""


def _told(place: str, message: str, data: DocumentData) -> str:
    """A group was found at fault: the message may say which of its values, or of the document's, is meant."""
    wanted = [path for term in _terms(message) if (path := _at(_TERMS.get(term, ""), place))]
    # One number of the seller's is enough: where there is one, the buyer's is missed.
    there = {_side(path) for path in wanted if not _is_empty(data, path)}
    return next((path for path in wanted if _side(path) not in there), wanted[0] if wanted else place)


def _side(path: str) -> str:
    """Whose value it is, where several would do; the value itself elsewhere."""
    party = path.partition(".")[0]
    return {"seller": "seller", "tax_representative": "seller", "buyer": "buyer"}.get(party, path)


def _at(path: str, place: str) -> str:
    """The path with the items of the place; empty where it leads elsewhere among the items."""
    for index in re.findall(r"\[\d+\]", place):
        path = path.replace("[]", index, 1)
    if "[]" in path or ("[" in path and not path.startswith(place)):
        return ""
    return path


def _terms(message: str) -> list[str]:
    """The business terms that a rule is about."""
    wanted = _WANTED.search(message)
    if wanted and (found := _TERM.findall(message, wanted.end())):
        return found
    return _TERM.findall(message.partition(" shall ")[0])[-1:]


def _is_empty(data: DocumentData, path: str) -> bool:
    value: Any = data
    for name, index in _STEP.findall(path):
        value = getattr(value, name, None)
        if index:
            value = value[int(index)] if value and len(value) > int(index) else None
    return value in (None, "")


def _named(path: str, node: Node, message: str) -> str:
    """A single value, or what CII writes as an attribute of it: the unit of a quantity."""
    attribute = _ATTRIBUTE.search(message)
    key = node.attributes.get(attribute[1], "") if attribute else ""
    return _joined(path, key if key and key[0] not in "=$" else node.text)


def _moved(path: str) -> str:
    for pattern, moved in _MOVED:
        path = pattern.sub(moved, path)
    return path


def _path(element: Any) -> tuple[str, Node]:
    """The element's place in the terms, and the node that describes it, or the last one above it that is described."""
    path, node = "", cii.DOCUMENT
    for step in [*reversed(list(element.iterancestors())), element][1:]:
        below = node.below(step)
        if below is None:
            break
        node = below
        if node.many:
            path = _joined(path, f"{node.key}[{sum(1 for _ in step.itersiblings(step.tag, preceding=True))}]")
        elif node.key:
            path = _joined(path, node.key)
    return path, node


def _element(location: str, root: Any) -> Any:
    """By an XPath without namespaces, as validate.Finding has it, or by a line of the file."""
    if line := _LINE.fullmatch(location):
        return next((element for element in root.iter() if element.sourceline == int(line[1])), None)
    if not location.startswith("/"):
        return None
    first, *steps = _STEP.findall(location)
    if first[0] != etree.QName(root).localname:
        return None
    found = root
    for name, index in steps:
        same = [child for child in found if etree.QName(child).localname == name]
        if len(same) < int(index or 1):
            return found
        found = same[int(index or 1) - 1]
    return found


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path and key else path or key
