"""What a register counts, in the unit consumption is stated in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

# Consumption is counted in thousandths of kWh or m³.
PARTS = 1000
# 1 kWh = 3.6 MJ (SI)
_PARTS = {"kWh": Fraction(PARTS), "MWh": Fraction(1000 * PARTS), "GJ": Fraction(10_000 * PARTS, 36)}


@dataclass(frozen=True, slots=True)
class GasPeriod:
    """From this business date on: 1 m³ is `calorific_value` × `state_number` kWh (DVGW G 685)."""

    valid_from: date
    calorific_value: Decimal
    state_number: Decimal


@dataclass(frozen=True, slots=True)
class Measure:
    """What one step of a register is worth.

    `factor` is the transformer ratio: it holds for what stands on the register, not for quantities that the metering
    point operator sends.
    """

    unit: str
    factor: Decimal = Decimal(1)
    gas_periods: Sequence[GasPeriod] = field(default=())

    def parts(self, day: date) -> Fraction:
        """Thousandths of the consumption's unit for one unit of the register, on that day, without the factor.

        Before the first gas period its values hold: without any, the year before could not be compared.
        """
        if self.unit in _PARTS:
            return _PARTS[self.unit]
        period = next((p for p in reversed(self.gas_periods) if p.valid_from <= day), None)
        if period is None and self.gas_periods:
            period = self.gas_periods[0]
        if period is None:
            return Fraction(PARTS)
        return Fraction(period.calorific_value) * Fraction(period.state_number) * PARTS

    @property
    def stated_in(self) -> str:
        return "kWh" if self.unit in _PARTS or self.gas_periods else "m3"
