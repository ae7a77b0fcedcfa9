"""What follows from what a provider says about a setup. Pure."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from kontor.payments.v1.payments_pb2_codes import SavedMethodEnd, SavedMethodState
from kontor_payments.methods.models import SavedMethod
from kontor_payments.providers import protocol

# Nothing is charged with the others.
CHARGEABLE = (SavedMethodState.USABLE, SavedMethodState.NEEDS_CONFIRMATION)
# Seconds until the provider is asked again about a setup of which nothing is heard, or to delete what has ended.
_ASK_STEPS = (60, 300, 900, 3600, 6 * 3600, 24 * 3600)
# Providers end a setup that nobody finished after three days at the latest.
_LONGEST_SETUP = timedelta(days=4)


def display_of(saved: protocol.SavedMethod) -> str:
    """What the customer knows it by: "Visa •••• 4242, 12/28"."""
    return f"{saved.label}, {saved.expires_on:%m/%y}" if saved.expires_on else saved.label


def next_question(row: SavedMethod, now: datetime) -> datetime:
    return now + timedelta(seconds=_ASK_STEPS[min(row.asked, len(_ASK_STEPS) - 1)])


def follow_setup(row: SavedMethod, report: protocol.SetupReport, today: date, now: datetime) -> None:
    """Writes the outcome into a row that is being set up. `today` is the day at the merchant: a mandate is signed then."""
    row.setup_id = row.setup_id or report.provider_id
    if report.saved is not None:
        saved = report.saved
        row.token, row.provider_customer = saved.id, saved.customer_id
        row.method, row.display, row.expires_on = saved.method, display_of(saved), saved.expires_on
        row.mandate_reference = saved.mandate_reference
        row.mandate_date = today if saved.mandate_reference else None
        row.state, row.saved_at, row.ask_at = SavedMethodState.USABLE, now, None
    elif report.state in ("expired", "failed") or now - row.agreed_at > _LONGEST_SETUP:
        end(row, SavedMethodEnd.NOT_SAVED, now)
    else:
        row.ask_at = next_question(row, now)


def end(row: SavedMethod, reason: str, now: datetime) -> None:
    """What the provider keeps of it is deleted by the job."""
    row.state, row.end_reason, row.ended_at, row.is_default = SavedMethodState.ENDED, reason, now, False
    row.ask_at, row.asked = (now if row.token and reason != SavedMethodEnd.GONE else None), 0


def heir(rows: Sequence[SavedMethod]) -> SavedMethod | None:
    """Which of a customer's methods becomes the default where none is: the one that was saved last."""
    if any(row.is_default for row in rows):
        return None
    usable = [row for row in rows if row.state in CHARGEABLE]
    return max(usable, key=lambda row: (row.saved_at or row.agreed_at, row.id), default=None)
