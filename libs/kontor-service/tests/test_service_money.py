from decimal import Decimal

import pytest

from kontor_service.money import from_minor, to_minor


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("787.19", "EUR", 78719),
        ("1.005", "EUR", 101),
        ("-0.5", "EUR", -50),
        ("1200", "JPY", 1200),
        ("1.234", "KWD", 1234),
    ],
)
def test_an_amount_becomes_minor_units_of_its_currency(amount, currency, minor):
    assert to_minor(Decimal(amount), currency) == minor


def test_minor_units_become_the_amount_again():
    assert from_minor(78719, "EUR") == Decimal("787.19")
    assert from_minor(1200, "JPY") == Decimal(1200)
