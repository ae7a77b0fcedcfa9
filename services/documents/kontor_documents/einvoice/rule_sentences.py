"""What an official rule asks for, in a sentence for people. The rules themselves speak English, to experts."""

import re

from kontor_service.i18n import N_

_NAME = re.compile(r"^\s*\[([A-Z0-9-]+?[a-z0-9]*)\]")
_CATEGORY_RULE = re.compile(r"BR-(?:FXEXT-)?(S|Z|E|AE|IC|G|O|AF|AG)-(\d\d)")
# As they are written in BT-118, BT-151, BT-95 and BT-102.
_CODES = {"IC": "K", "AF": "L", "AG": "M"}
_TAXED = frozenset({"S", "AF", "AG"})
_REASONED = frozenset({"E", "AE", "IC", "G", "O"})

_MISSING = N_("Something is missing here that every e-invoice has.")
_IMPOSSIBLE = N_("This is not possible in an e-invoice.")
_ONCE = N_("This may be stated only once.")
_OTHER = N_("An official rule for e-invoices is not met.")
_REASON = N_("Each allowance and each charge needs a reason.")
_CATEGORY = N_("Each allowance and each charge of the invoice needs a VAT category.")
_ACCOUNT = N_("A transfer needs the account to transfer to (IBAN).")
_SCHEME = N_("The identifier needs its scheme, for example 0088 or EM.")
_LIST = N_("This code is not in the list %(list)s.")
_PERIOD_ORDER = N_("The period ends before it begins.")
_PERIOD_EMPTY = N_("The period needs a beginning or an end.")
_SAME_REASON = N_("The reason and its code must mean the same.")
_REPRESENTATIVE = N_("The tax representative needs name, address with country, and VAT ID.")
_AMOUNT = N_("Each allowance and each charge needs an amount.")
_ALONE = N_("What is subject to VAT and what is not (category O) cannot stand on the same invoice.")

_DECIMALS = N_("This amount may have at most two decimals.")
_VALUE = N_("This value is not allowed here.")
# Of values that are in no list of codes; and what says little where another rule says more of the same field.
CODES = frozenset({_VALUE, _LIST})
GENERAL = frozenset({_MISSING, _DECIMALS, _VALUE})

_SENTENCES = {
    "BR-01": N_("The specification identifier is missing, which says by which rules the invoice is written."),
    "BR-02": N_("The invoice number is missing."),
    "BR-03": N_("The issue date is missing."),
    "BR-04": N_("The type of invoice is missing."),
    "BR-05": N_("The currency is missing."),
    "BR-06": N_("The seller's name is missing."),
    "BR-07": N_("The customer's name is missing."),
    "BR-08": N_("The seller's address is missing."),
    "BR-09": N_("The seller's country is missing."),
    "BR-10": N_("The customer's address is missing."),
    "BR-11": N_("The customer's country is missing."),
    "BR-12": N_("The sum of the lines is missing."),
    "BR-13": N_("The net total is missing."),
    "BR-14": N_("The gross total is missing."),
    "BR-15": N_("The amount due is missing."),
    "BR-16": N_("An invoice has at least one line."),
    "BR-17": N_("The payee's name is missing."),
    **dict.fromkeys(("BR-18", "BR-19", "BR-20", "BR-56"), _REPRESENTATIVE),
    "BR-21": N_("Each line needs an identifier."),
    "BR-22": N_("Each line needs a quantity."),
    "BR-23": N_("Each line needs a unit."),
    "BR-24": N_("Each line needs a net amount."),
    "BR-25": N_("Each line needs a name of what was supplied."),
    "BR-26": N_("Each line needs a net price."),
    "BR-27": N_("A price cannot be negative. What gives money back has a negative quantity."),
    "BR-28": N_("A price before discount cannot be negative."),
    **dict.fromkeys(("BR-29", "BR-30"), _PERIOD_ORDER),
    **dict.fromkeys(("BR-31", "BR-36", "BR-41", "BR-43"), _AMOUNT),
    **dict.fromkeys(("BR-32", "BR-37", "CII-SR-471"), _CATEGORY),
    **dict.fromkeys(("BR-33", "BR-38", "BR-42", "BR-44", "BR-CO-21", "BR-CO-22", "BR-CO-23", "BR-CO-24"), _REASON),
    "BR-45": N_("The VAT breakdown needs a taxable amount for each rate."),
    "BR-46": N_("The VAT breakdown needs a tax amount for each rate."),
    "BR-47": N_("The VAT breakdown needs a VAT category for each rate."),
    "BR-48": N_("The VAT breakdown needs the rate of each category."),
    "BR-49": N_("The means of payment needs its code, for example 58 for a SEPA transfer."),
    **dict.fromkeys(("BR-50", "BR-61", "BR-CO-27", "CII-SR-470"), _ACCOUNT),
    "BR-51": N_("Of a card number, only the last digits may be stated."),
    "BR-52": N_("Each attached document needs a reference."),
    "BR-53": N_("The VAT in the accounting currency is missing."),
    "BR-54": N_("Each property of an item needs a name and a value."),
    "BR-55": N_("The number of the earlier invoice is missing."),
    "BR-57": N_("The country of the delivery address is missing."),
    **dict.fromkeys(("BR-62", "BR-63", "BR-64", "BR-65"), _SCHEME),
    "BR-B-01": N_("Split payment (category B) exists only on Italian invoices to Italy."),
    "BR-B-02": N_("Split payment (category B) and the standard rate cannot stand on the same invoice."),
    "BR-CO-03": N_("The day on which the tax falls due and its code exclude each other."),
    "BR-CO-04": N_("Each line needs a VAT category."),
    **dict.fromkeys(("BR-CO-05", "BR-CO-06", "BR-CO-07", "BR-CO-08"), _SAME_REASON),
    "BR-CO-09": N_("A VAT ID begins with the two letters of its country, for example DE."),
    "BR-CO-10": N_("The sum of the lines is not what the lines come to."),
    "BR-CO-11": N_("The sum of the allowances is not what they come to."),
    "BR-CO-12": N_("The sum of the charges is not what they come to."),
    "BR-CO-13": N_("The net total is not the lines less allowances plus charges."),
    "BR-CO-14": N_("The total tax is not the sum of the tax amounts."),
    "BR-CO-15": N_("The gross total is not net plus tax."),
    "BR-CO-16": N_("The amount due is not the gross total less what is prepaid, rounded."),
    "BR-CO-17": N_("The tax amount is not the taxable amount times the rate."),
    "BR-CO-18": N_("The VAT breakdown is missing."),
    **dict.fromkeys(("BR-CO-19", "BR-CO-20"), _PERIOD_EMPTY),
    "BR-CO-25": N_("What is to be paid needs a due date or terms of payment."),
    "BR-CO-26": N_("The seller needs a VAT ID, a register number or another identifier."),
    "BR-IC-11": N_("An intra-community supply needs a delivery date or a billing period."),
    "BR-IC-12": N_("An intra-community supply needs the country it went to."),
    **dict.fromkeys(("BR-O-11", "BR-O-12", "BR-O-13", "BR-O-14"), _ALONE),
    "BR-FXEXT-03": N_("Of this party, only a VAT ID may be stated."),
    "CII-SR-463": N_("It must be said of each allowance and charge which of both it is."),
    "CII-SR-472": N_("Each allowance and each charge of the invoice needs a VAT rate."),
    **dict.fromkeys(("CII-SR-467", "CII-SR-468", "UBL-SR-47"), N_("All means of payment must be of the same kind.")),
    "UBL-SR-07": N_("The number of the earlier invoice is missing."),
    "UBL-SR-43": N_("Only the invoiced object may have a scheme."),
    "UBL-SR-48": N_("Each line needs exactly one VAT category."),
    "UBL-SR-53": N_("The VAT ID is missing."),
}

# Of a category: the sentence where the first set has it, else the other.
_CATEGORY_SENTENCES = {
    "01": N_("The VAT breakdown lacks the category %(category)s, which lines, allowances or charges have."),
    "08": N_("The taxable amount of category %(category)s is not what its lines, allowances and charges come to."),
}
_IDS = {
    "AE": N_("Reverse charge (category AE) needs the VAT IDs of seller and customer."),
    "IC": N_("An intra-community supply (category K) needs the VAT IDs of seller and customer."),
    "O": N_("Where nothing is subject to VAT (category O), no VAT ID is stated."),
}
_SELLER_ID = N_("VAT of category %(category)s needs the seller's VAT ID or tax number.")
_RATES = {
    "S": N_("The standard rate needs a percentage."),
    "O": N_("What is not subject to VAT (category O) has no VAT rate."),
    "AF": N_("VAT of category %(category)s cannot have a negative rate."),
}
_RATES["AG"] = _RATES["AF"]
_ZERO_RATE = N_("VAT of category %(category)s has the rate 0.")
_TAX = N_("The tax amount of category %(category)s is not the taxable amount times the rate.")
_NO_TAX = N_("The tax amount of category %(category)s must be 0.")
_NEEDS_REASON = N_("VAT of category %(category)s needs the reason why no tax is charged.")
_NO_REASON = N_("VAT of category %(category)s has no reason for an exemption.")

# What the code lists are called.
_LISTS = re.compile(
    r"ISO (?:code list )?(\d+)(?:-1)?|U(?:NTDID|NCL) ?(\d+)|(VATEX|EAS|MIME)|Recommendation (20)|ISO (6523)", re.ASCII
)
# How the other rules speak: of elements and attributes.
_SHAPES = (
    (re.compile(r"decimal"), _DECIMALS),
    (re.compile(r"[Oo]nly one|maximum|at most|more than one|\b[Oo]nce\b|only have one|one third line"), _ONCE),
    (re.compile(r"YYYYMMDD"), N_("This is no date as the file's format writes it.")),
    (re.compile(r"must refer to an existing"), N_("The line that it belongs to does not exist.")),
    (re.compile(r"[Vv]alue of .* is not allowed|code list"), _VALUE),
    (re.compile(r"[Mm]ust occur|required|(?:shall|MUST|must) (?:contain|have|be (?:specified|categorized))"), _MISSING),
    (
        re.compile(r"not used|shall not include|should not include|should not be present|shall only be used|[Oo]nly"),
        N_("This does not belong into an e-invoice of this profile."),
    ),
    (re.compile(r"empty elements"), N_("The file contains empty elements.")),
    (re.compile(r"shall equal|[Aa]bsolute [Vv]alue|="), N_("An amount is not what it is the sum of.")),
)


def sentence(rule: str, official: str) -> tuple[str, dict[str, str]]:
    """The message of a rule and its parameters. `official` is the rule's own text, which stands in the parameters too.

    Factur-X repeats rules of EN 16931 under numbers of its own; there the text begins with the name of the rule.
    """
    named = _NAME.match(official)
    # Extended rules ask for the same with exceptions.
    name = (named[1] if named else rule).replace("BR-FXEXT-BR-", "BR-").replace("BR-FXEXT-CO-", "BR-CO-")
    if rule == "XSD":
        message, params = (_MISSING if "xpected is" in official else _IMPOSSIBLE), dict[str, str]()
    else:
        message, params = _of_name(name, official)
    return message, params | {"official": official}


def _of_name(name: str, official: str) -> tuple[str, dict[str, str]]:
    if message := _SENTENCES.get(name):
        return message, {}
    if of_category := _CATEGORY_RULE.match(name):
        category = of_category[1]
        return _of_category(category, of_category[2]), {"category": _CODES.get(category, category)}
    if name.startswith("BR-CL-") and (found := _LISTS.search(official)):
        return _LIST, {"list": found[0].replace("code list ", "")}
    return next((message for shape, message in _SHAPES if shape.search(official)), _OTHER), {}


def _of_category(category: str, number: str) -> str:
    if number in _CATEGORY_SENTENCES:
        return _CATEGORY_SENTENCES[number]
    if number in ("02", "03", "04"):
        return _IDS.get(category, _SELLER_ID)
    if number in ("05", "06", "07"):
        return _RATES.get(category, _ZERO_RATE)
    if number == "09":
        return _TAX if category in _TAXED else _NO_TAX
    return _NEEDS_REASON if category in _REASONED else _NO_REASON
