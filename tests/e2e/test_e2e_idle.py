"""A log-in that nobody uses ends; using it keeps it."""

import pytest
from playwright.sync_api import expect

from .people import Merchant

pytestmark = pytest.mark.parametrize("platform", ["postgres", "rabbitmq"], indirect=True)

NEWEST = "SELECT hash FROM session WHERE kind = 'staff' AND NOT revoked ORDER BY id DESC LIMIT 1"


def unused_for(platform, minutes, session):
    """As if it had been used last so long ago."""
    seen = f"now() - interval '{minutes} minutes'"
    expires = f"{seen} + interval '1 hour'"
    platform.rows("identity", f"UPDATE session SET seen_at = {seen}, expires_at = {expires} WHERE hash = $1", session)
    public = f"public::jsonb || jsonb_build_object('seen_at', {seen}, 'expires_at', {expires})"
    platform.rows("admin", f"UPDATE session SET expires_at = {expires}, public = {public} WHERE hash = $1", session)


def test_staff_who_work_stay_logged_in_and_who_does_not_comes_back_to_the_page(new_page, platform):
    staff, person = Merchant(new_page(), platform.run["admin"]), platform.run["merchant"]
    staff.log_in(**person)
    staff.page.wait_for_url(f"{staff.admin}/")
    ((session,),) = platform.rows("admin", NEWEST)

    unused_for(platform, 50, session)
    staff.go("/kunden")
    expect(staff.page.get_by_role("heading", level=1)).to_have_text("Kunden")
    renewed = "SELECT 1 FROM session WHERE hash = $1 AND expires_at > now() + interval '55 minutes'"
    for service in ("identity", "admin"):
        platform.wait_for(lambda service=service: platform.rows(service, renewed, session))

    unused_for(platform, 61, session)
    staff.go("/kunden?q=Seidel")
    expect(staff.page.get_by_text("Sie wurden abgemeldet, weil Sie längere Zeit nicht aktiv waren.")).to_be_visible()
    staff.page.get_by_label("E-Mail-Adresse").fill(person["email"])
    staff.page.get_by_label("Passwort", exact=True).fill(person["password"])
    staff.page.get_by_role("button", name="Anmelden", exact=True).click()
    staff.page.wait_for_url(f"{staff.admin}/kunden?q=Seidel")
