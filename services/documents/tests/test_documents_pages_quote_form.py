"""What the admin's form makes of a discount on the whole quote."""

import pytest

from kontor_documents.content.model import DocumentData
from kontor_documents.einvoice.totals import complete
from kontor_documents.quotes.selection import ChosenLine, choose
from kontor_documents_pages.admin.quotes.data import data_of
from kontor_service.i18n import speaking
from kontor_web import Form


def _line(number: int, price: str, tax: str, choice: str) -> dict[str, list[str]]:
    said = {"name": f"Position {number}", "id": str(number), "quantity": "1", "net_price": price, "tax": tax}
    return {f"lines[{number - 1}].{name}": [value] for name, value in (said | {"choice": choice}).items()}


@pytest.mark.parametrize(
    ("choice", "allowances"), [("fixed", [("10.00", "19")]), ("unticked", [("0.00", "19"), ("0.00", "7")])]
)
def test_a_discount_is_kept_for_lines_that_are_chosen_later(choice: str, allowances: list[tuple[str, str]]) -> None:
    said = {
        "customer_number": ["20931"], "issue_date": ["2026-11-12"], "valid_until": ["2026-12-12"], "discount": ["10"],
    }  # fmt: skip
    form = Form(said | _line(1, "100", "S:19", choice) | _line(2, "50", "S:7", "unticked"), {})
    with speaking("de"):
        data = data_of(form)
    assert form.errors == {}
    assert [(one["amount"], one["tax_rate"]) for one in data["allowances_charges"]] == allowances
    picked = [ChosenLine(id="2")] if choice == "fixed" else [ChosenLine(id="1"), ChosenLine(id="2")]
    totals = choose(complete(DocumentData.model_validate(data)), picked).totals
    assert totals is not None
    assert (str(totals.net), str(totals.tax)) == ("135.00", "20.25")
