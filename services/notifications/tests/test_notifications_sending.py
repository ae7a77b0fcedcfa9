"""The queue: what happens when the mail server or an owner is not there, or says no."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from kontor.documents.v1.documents_pb2 import Document, DocumentShared
from kontor.identity.v1.identity_pb2 import Customer, Merchant
from kontor.notifications.v1.notifications_pb2_codes import MailError
from kontor_notifications.errors import NotSent, TryLater
from kontor_notifications.mails.sender import pause_after, settle
from kontor_notifications.models import Mail
from kontor_testing.waiting import eventually

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


def a_mail(attempts: int) -> Mail:
    return Mail(merchant_id=UUID(int=1), kind="invitation", recipient="a@example.org", language="de", message_id="<1@x>",
                created_at=NOW, next_attempt_at=NOW, attempts=attempts, own_text="Hallo")  # fmt: skip


def test_pauses_grow_and_end() -> None:
    pauses = [pause_after(attempt) for attempt in range(1, 14)]
    assert pauses[-1] is None
    given = [pause for pause in pauses if pause]
    assert given == sorted(given)
    assert timedelta(days=2) < sum(given, timedelta()) < timedelta(days=3)


def test_a_mail_put_off_keeps_its_words() -> None:
    mail = a_mail(attempts=1)
    settle(mail, TryLater(MailError.PUT_OFF, answer="451 later"), NOW)
    assert (mail.state, mail.next_attempt_at, mail.own_text) == ("queued", NOW + timedelta(seconds=10), "Hallo")


def test_the_last_attempt_gives_up_and_says_why() -> None:
    mail = a_mail(attempts=13)
    settle(mail, TryLater(MailError.PUT_OFF, answer="451 later"), NOW)
    # The words can be corrected.
    assert (mail.state, mail.own_text) == ("failed", "Hallo")
    assert (mail.error, mail.error_params) == ("put_off", {"answer": "451 later", "attempts": "13"})


def test_an_answer_of_any_encoding_can_be_stored() -> None:
    mail = a_mail(attempts=1)
    settle(mail, NotSent(MailError.REFUSED, answer="550 Empf\udce4nger\x00\r\nunbekannt" + "!" * 5000), NOW)
    assert mail.error_params["answer"].startswith("550 Empf nger   unbekannt!")
    assert len(mail.error_params["answer"]) == 1000


def test_a_fault_of_ours_ends_within_minutes() -> None:
    mail = a_mail(attempts=3)
    settle(mail, TryLater(MailError.INTERNAL, answer="KeyError"), NOW)
    assert (mail.state, mail.next_attempt_at) == ("queued", NOW + timedelta(minutes=2))
    mail.attempts = 4
    settle(mail, TryLater(MailError.INTERNAL, answer="KeyError"), NOW)
    assert (mail.state, mail.error_params["attempts"]) == ("failed", "4")


async def share(desk: Any, merchant: Merchant, customer: Customer, document: Document, recipient: str) -> None:
    document.share_recipient = recipient
    await desk.know(merchant, customer)
    await desk.tell(DocumentShared(document=document))


async def due_again(desk: Any) -> None:
    """Makes what was put off due now."""
    await desk.rows("UPDATE mail SET next_attempt_at = now() WHERE state = 'queued'")


async def put_off(desk: Any) -> Any:
    async def found() -> Any:
        [row] = await desk.rows("SELECT * FROM mail WHERE state = 'queued' AND attempts > 0 AND error <> ''")
        return row

    return await eventually(lambda: desk.rows("SELECT * FROM mail WHERE error <> ''")) and await found()


async def test_a_refusal_for_good_fails_with_the_servers_words(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    def counted() -> float:
        labels = {"error": "refused", "state": "failed"}
        return desk.app.state.registry.get_sample_value("kontor_mails_total", labels) or 0.0

    before = counted()
    await share(desk, merchant, customer, document, "refuse-550@example.org")
    [row] = await desk.log("failed")
    assert row["error"] == "refused"
    await eventually(lambda: counted() == before + 1)
    assert json.loads(row["error_params"])["answer"].startswith("550 refuse-550@example.org is refused")
    assert row["attempts"] == 1


async def test_a_refusal_for_now_is_put_off(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    await share(desk, merchant, customer, document, "refuse-451@example.org")
    row = await put_off(desk)
    assert row["error"] == "put_off"
    assert json.loads(row["error_params"])["answer"].startswith("451 ")
    assert row["next_attempt_at"] > datetime.now(UTC)


async def test_while_identity_is_away_the_mail_waits_for_its_link(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    desk.peers.failing["/v1/document-links"] = 503
    await share(desk, merchant, customer, document, "erika@example.org")
    await put_off(desk)
    await desk.mails(0)
    desk.peers.failing.clear()
    await due_again(desk)
    [mail] = await desk.mails(1)
    assert len(mail["links"]) == 1


async def test_a_link_that_will_never_be_fails_the_mail_with_identitys_words(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    desk.peers.failing["/v1/document-links"] = 409
    await share(desk, merchant, customer, document, "erika@example.org")
    [row] = await desk.log("failed")
    assert (row["error"], json.loads(row["error_params"])["reason"]) == ("owner_refused", "It is not to be had")


async def test_a_mail_sent_twice_has_the_same_message_id(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    await share(desk, merchant, customer, document, "erika@example.org")
    await desk.log("sent")
    await desk.rows("UPDATE mail SET state = 'queued', next_attempt_at = now()")
    first, second = await desk.mails(2)
    assert first["headers"]["Message-ID"] == second["headers"]["Message-ID"]
    [row] = await desk.log("sent")
    assert row["attempts"] == 2


async def test_a_mail_about_a_document_we_have_not_heard_of_waits(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    waiting = Document()
    waiting.CopyFrom(document)
    waiting.state = "waiting"
    # The copy is behind: the newer state comes later than the event that asks for the mail.
    document.version = 1
    await desk.know(merchant, customer, waiting)
    await desk.tell(DocumentShared(document=document))
    assert (await put_off(desk))["error"] == "release_unknown"
    document.version = 2
    await desk.know(document)
    await due_again(desk)
    await desk.mails(1)
