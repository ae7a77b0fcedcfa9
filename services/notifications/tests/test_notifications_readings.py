"""Mails about meter readings: asked for, reminded of, sent back."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from kontor.identity.v1.identity_pb2 import Customer, Merchant
from kontor.meters.v1.meters_pb2 import (
    InvitedMeter,
    Reading,
    ReadingInvitation,
    ReadingInvitationReminded,
    ReadingInvitationSent,
    ReadingInvitationSnapshot,
    ReadingRejected,
)
from kontor_notifications.kinds import text_of

ASKED, REJECTED = "readings_asked", "reading_rejected"
INVITATION_ID = "01920000-0000-7000-8000-0000000000aa"
READING_ID = "01920000-0000-7000-8000-0000000000bb"


@pytest.fixture
def reading_invitation(customer: Customer) -> ReadingInvitation:
    return ReadingInvitation(
        id=INVITATION_ID, merchant_id=customer.merchant_id, epoch=1, version=1, customer_id=customer.id, state="invited",
        title="Jahresablesung 2026", due_on="2026-12-15",
        meters=[
            InvitedMeter(number="1EMH0012345678", kind="electricity", state="invited"),
            InvitedMeter(number="7ELS2004711", kind="gas", state="read"),
        ],
    )  # fmt: skip


@pytest.fixture
def reading(customer: Customer) -> Reading:
    taken_at = Timestamp()
    taken_at.FromDatetime(datetime(2025, 11, 2, 23, 30, tzinfo=UTC))
    return Reading(
        id=READING_ID, merchant_id=customer.merchant_id, epoch=1, version=2, customer_id=customer.id,
        meter_number="1EMH0012345678", value="12345.6", taken_at=taken_at, source="customer", insisted=True,
        state="rejected",
    )  # fmt: skip


async def known(desk: Any, reading_invitation: ReadingInvitation, *states: Any) -> None:
    await desk.know(*states)
    await desk.tell(ReadingInvitationSnapshot(invitation=reading_invitation))


async def test_a_customer_is_asked_with_a_link_that_needs_no_log_in(
    desk: Any, merchant: Merchant, customer: Customer, reading_invitation: ReadingInvitation
) -> None:
    await known(desk, reading_invitation, merchant, customer)
    await desk.tell(ReadingInvitationSent(invitation=reading_invitation))

    [mail] = await desk.mails(1)
    assert mail["to"] == ["erika@baeckerei-mueller.example"]
    assert mail["subject"] == "Jahresablesung 2026: Bitte bis 15. Dezember 2026 ablesen"
    assert mail["links"] == [f"https://portal.example/z/{INVITATION_ID}.1"]
    assert "Stromzähler, 1EMH0012345678" in mail["text"]
    assert desk.peers.asked("/v1/capability-links") == [{"resources": [f"meters.invitation:{INVITATION_ID}"]}]


async def test_meters_that_have_been_read_are_not_asked_for(
    desk: Any, merchant: Merchant, customer: Customer, reading_invitation: ReadingInvitation
) -> None:
    await known(desk, reading_invitation, merchant, customer)
    await desk.tell(ReadingInvitationReminded(invitation=reading_invitation))

    [mail] = await desk.mails(1)
    assert mail["subject"].startswith("Erinnerung: Jahresablesung 2026")
    assert "7ELS2004711" not in mail["text"]


async def test_each_contact_who_gets_bills_is_asked_once_in_their_language(
    desk: Any, merchant: Merchant, customer: Customer, reading_invitation: ReadingInvitation
) -> None:
    customer.contacts[1].gets_invoices = True
    await known(desk, reading_invitation, merchant, customer)
    await desk.tell(ReadingInvitationSent(invitation=reading_invitation))

    german, english = sorted(await desk.mails(2), key=lambda mail: mail["to"])
    assert (german["to"], english["to"]) == (["erika@baeckerei-mueller.example"], ["sam@baeckerei-mueller.example"])
    assert english["subject"] == "Jahresablesung 2026: please take a reading by 15 December 2026"
    assert "Electricity meter, 1EMH0012345678" in english["text"]


async def test_the_same_fact_twice_makes_one_mail(
    desk: Any, merchant: Merchant, customer: Customer, reading_invitation: ReadingInvitation
) -> None:
    await known(desk, reading_invitation, merchant, customer)
    await desk.tell(ReadingInvitationSent(invitation=reading_invitation))
    async with desk.app.state.db.connection() as connection:
        again = "UPDATE outbox SET published_at = NULL WHERE type = 'meters.invitation.sent.v1'"
        assert await connection.execute(again) == "UPDATE 1"
    await desk.app.state.bus.idle()

    await desk.mails(1)
    assert len(await desk.rows("SELECT id FROM mail WHERE kind = $1", ASKED)) == 1


async def test_who_has_answered_before_the_mail_goes_out_gets_none(
    desk: Any, merchant: Merchant, customer: Customer, reading_invitation: ReadingInvitation
) -> None:
    reading_invitation.state, reading_invitation.version = "done", 2
    await known(desk, reading_invitation, merchant, customer)
    reading_invitation.state, reading_invitation.version = "invited", 1
    await desk.tell(ReadingInvitationSent(invitation=reading_invitation))

    [row] = await desk.log("suppressed")
    assert row["error"] == "not_needed"
    assert desk.peers.asked("/v1/capability-links") == []


async def test_a_customer_without_an_address_is_shown_to_staff(
    desk: Any, merchant: Merchant, customer: Customer, reading_invitation: ReadingInvitation
) -> None:
    customer.email = customer.contacts[0].email = customer.contacts[1].email = ""
    await known(desk, reading_invitation, merchant, customer)
    await desk.tell(ReadingInvitationSent(invitation=reading_invitation))

    [row] = await desk.log("failed")
    assert (row["kind"], row["error"]) == (ASKED, "no_address")


async def test_a_revoked_link_is_not_mailed(
    desk: Any, merchant: Merchant, customer: Customer, reading_invitation: ReadingInvitation
) -> None:
    desk.peers.revoked.add(f"meters.invitation:{INVITATION_ID}")
    await known(desk, reading_invitation, merchant, customer)
    await desk.tell(ReadingInvitationSent(invitation=reading_invitation))

    [row] = await desk.log("failed")
    assert "revoked" in json.loads(row["error_params"])["reason"]


async def test_without_the_portal_the_mail_has_no_link(
    desk: Any, merchant: Merchant, customer: Customer, reading_invitation: ReadingInvitation
) -> None:
    merchant.portal_enabled = False
    await known(desk, reading_invitation, merchant, customer)
    await desk.tell(ReadingInvitationSent(invitation=reading_invitation))

    [mail] = await desk.mails(1)
    assert (mail["links"], "ohne Anmeldung" in mail["text"]) == ([], False)
    assert "Stromzähler, 1EMH0012345678" in mail["text"]


async def test_sent_again_to_another_address_the_old_link_ends(
    desk: Any, merchant: Merchant, customer: Customer, reading_invitation: ReadingInvitation
) -> None:
    await known(desk, reading_invitation, merchant, customer)
    await desk.tell(ReadingInvitationSent(invitation=reading_invitation))
    await desk.mails(1)
    [row] = await desk.log("sent")
    path = f"/v1/mails/{row['id']}/resend"
    await desk.http.post(path, headers=desk.auth("mails:resend"), json={"recipient": "neu@example.org"})

    mails = await desk.mails(2)
    assert [mail["links"] for mail in mails] == [[f"https://portal.example/z/{INVITATION_ID}.{n}"] for n in (1, 2)]


async def test_no_link_is_kept_or_told(
    desk: Any, merchant: Merchant, customer: Customer, reading_invitation: ReadingInvitation
) -> None:
    await known(desk, reading_invitation, merchant, customer)
    await desk.tell(ReadingInvitationSent(invitation=reading_invitation))
    await desk.mails(1)
    rows = await desk.rows(
        "SELECT to_jsonb(m)::text AS row FROM mail m UNION ALL SELECT encode(payload, 'escape') FROM outbox"
    )
    assert all("/z/" not in row["row"] for row in rows)


async def test_a_property_manager_with_hundreds_of_meters_gets_a_list_to_read(
    desk: Any, merchant: Merchant, customer: Customer, reading_invitation: ReadingInvitation
) -> None:
    reading_invitation.meters.extend(InvitedMeter(number=f"W-{n}", kind="water", state="invited") for n in range(300))
    await known(desk, reading_invitation, merchant, customer)
    await desk.tell(ReadingInvitationSent(invitation=reading_invitation))

    [mail] = await desk.mails(1)
    assert "und 281 weitere" in mail["text"]
    assert mail["text"].count("Wasserzähler") == 19


async def test_a_customer_hears_that_a_reading_they_insisted_on_was_rejected(
    desk: Any, merchant: Merchant, customer: Customer, reading: Reading
) -> None:
    await desk.know(merchant, customer)
    await desk.tell(ReadingRejected(reading=reading, reason="Der Stand ist niedriger als im Vorjahr."))

    [mail] = await desk.mails(1)
    assert mail["to"] == ["erika@baeckerei-mueller.example"]
    assert mail["subject"] == "Bitte noch einmal ablesen: Zähler 1EMH0012345678"
    assert "12.345,6" in mail["text"]
    assert "Abgelesen am: 3. November 2025\r\n" in mail["text"]
    assert "Der Stand ist niedriger als im Vorjahr." in mail["text"]
    assert mail["links"] == ["https://portal.example/l/all.1"]


@pytest.mark.parametrize(
    "changes", [{"source": "staff"}, {"source": "system"}, {"insisted": False}, {"customer_id": ""}]
)
async def test_what_no_customer_insisted_on_is_rejected_without_a_mail(
    desk: Any, merchant: Merchant, customer: Customer, reading: Reading, changes: dict[str, Any]
) -> None:
    for name, value in changes.items():
        setattr(reading, name, value)
    await desk.know(merchant, customer)
    await desk.tell(ReadingRejected(reading=reading))

    assert await desk.rows("SELECT id FROM mail") == []


@pytest.mark.parametrize("kind", [ASKED, REJECTED])
@pytest.mark.parametrize("language", ["de", "en"])
async def test_the_merchants_own_words_may_use_every_placeholder_of_these_mails(
    desk: Any, merchant: Merchant, customer: Customer, kind: str, language: str
) -> None:
    await desk.know(merchant, customer)
    text = "\n\n".join(f"[{one.name}]" for one in text_of(kind).placeholders)
    body = {"kind": kind, "language": language, "subject": "[Company.name]", "text": text}
    shown = await desk.http.post("/v1/templates/preview", headers=desk.auth("templates:edit"), json=body)

    assert shown.status_code == 200, shown.text
    assert "1EMH0012345678" in shown.json()["text"]
    assert "[" not in shown.json()["text"]


async def test_german_names_of_placeholders_are_understood(desk: Any, merchant: Merchant) -> None:
    await desk.know(merchant)
    text = "[Ablesung.titel] bis [Ablesung.frist]\n\n[Zähler]\n\n[Zähler.anzahl]"
    body = {"kind": ASKED, "language": "de", "subject": "x", "text": text}
    shown = await desk.http.post("/v1/templates/preview", headers=desk.auth("templates:edit"), json=body)

    assert shown.status_code == 200, shown.text
    assert "7ELS2004711" in shown.json()["text"]


async def test_a_rejection_that_reached_the_wrong_address_opens_no_portal_there(
    desk: Any, merchant: Merchant, customer: Customer, reading: Reading
) -> None:
    await desk.know(merchant, customer)
    await desk.tell(ReadingRejected(reading=reading))
    await desk.mails(1)
    [row] = await desk.log("sent")
    path = f"/v1/mails/{row['id']}/resend"
    await desk.http.post(path, headers=desk.auth("mails:resend"), json={"recipient": "neu@example.org"})

    mails = await desk.mails(2)
    assert [mail["links"] for mail in mails] == [[f"https://portal.example/l/all.{n}"] for n in (1, 2)]
    assert "12.345,6" in mails[1]["text"]


async def test_a_revoked_link_does_not_come_back_with_another_address(
    desk: Any, merchant: Merchant, customer: Customer, reading_invitation: ReadingInvitation
) -> None:
    await known(desk, reading_invitation, merchant, customer)
    await desk.tell(ReadingInvitationSent(invitation=reading_invitation))
    await desk.mails(1)
    [row] = await desk.log("sent")
    desk.peers.revoked.add(f"meters.invitation:{INVITATION_ID}")
    path = f"/v1/mails/{row['id']}/resend"
    await desk.http.post(path, headers=desk.auth("mails:resend"), json={"recipient": "neu@example.org"})

    [failed] = await desk.log("failed")
    assert "revoked" in json.loads(failed["error_params"])["reason"]
    assert not any(body.get("renew") for body in desk.peers.asked("/v1/capability-links"))
