"""The double of PayPal against PayPal's published documents: `make judge` compares them, and says what is not alike."""

import json
from pathlib import Path
from typing import Any

import pytest

from kontor_provider_doubles.paypal.shapes import Body
from tests.judge.paypal import deviations


def published(body: type[Body]) -> dict[str, Any]:
    """What a document would be that says exactly what the double takes."""
    return json.loads(json.dumps(body.model_json_schema()).replace("#/$defs/", "#/components/schemas/"))


def write(folder: Path, *, change: Any = None) -> None:
    documents: dict[str, dict[str, Any]] = {}
    for body in Body.__subclasses__():
        schema, (document, name) = published(body), body.follows
        schemas = documents.setdefault(document, {})
        schemas |= {**schema.pop("$defs", {}), name: schema}
    if change:
        change(documents)
    for document, schemas in documents.items():
        (folder / f"{document}.json").write_text(json.dumps({"components": {"schemas": schemas}}))


def test_documents_that_say_the_same_have_no_deviations(tmp_path: Path) -> None:
    write(tmp_path)
    assert deviations(tmp_path) == []


def _without_field(documents: Any) -> None:
    del documents["payments_payment_v2"]["refund_request"]["properties"]["custom_id"]


def _required(documents: Any) -> None:
    documents["payments_payment_v2"]["refund_request"]["required"] = ["note_to_payer"]


def _shorter(documents: Any) -> None:
    documents["checkout_orders_v2"]["PurchaseUnit"]["properties"]["description"] = {"type": "string", "maxLength": 20}


def _other_words(documents: Any) -> None:
    documents["checkout_orders_v2"]["order_request"]["properties"]["intent"] = {"enum": ["CAPTURE"]}


@pytest.mark.parametrize(
    ("change", "deviation"),
    [
        (_without_field, "RefundRequest.custom_id: not in PayPal's document"),
        (_required, "RefundRequest.note_to_payer: required by PayPal"),
        (_shorter, "OrderRequest.purchase_units[].description: another length"),
        (_other_words, "OrderRequest.intent: AUTHORIZE is no word of PayPal's"),
    ],
)
def test_what_paypal_does_not_take_is_named(tmp_path: Path, change: Any, deviation: str) -> None:
    write(tmp_path, change=change)
    assert deviations(tmp_path) == [deviation]
