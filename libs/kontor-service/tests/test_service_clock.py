"""A service's time, and how it is moved in development."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from kontor_service.app import build_app
from kontor_service.settings import ServiceSettings


def settings(**told: object) -> ServiceSettings:
    common = {"service": "payments", "port": 8012, "database_url": "postgresql://x", "bus_url": "postgresql://x"}
    return ServiceSettings(**{**common, "service_secret": "s" * 32, **told})  # type: ignore[arg-type]


def test_a_service_goes_by_the_time_of_the_system() -> None:
    clock = build_app(settings(), title="Payments").state.clock
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_in_development_it_can_be_another_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KONTOR_TODAY", "2027-02-01")
    clock = build_app(settings(environment="development"), title="Payments").state.clock
    assert clock.today("UTC") == date(2027, 2, 1)


def test_time_cannot_be_moved_in_production() -> None:
    with pytest.raises(ValidationError, match="in development only"):
        settings(today=date(2027, 2, 1))
