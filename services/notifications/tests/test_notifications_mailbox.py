"""Mails that lie in a mailbox: taken in once, marked after they are stored."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from imap_double import MailboxDouble, mailbox_double
from intake_mails import INTAKE, answer

from kontor.documents.v1.documents_pb2 import Document, DocumentShared
from kontor.identity.v1.identity_pb2 import Customer, Merchant
from kontor_notifications.intake.imap import poll
from kontor_testing.waiting import eventually

SEEN, FLAGGED = "\\Seen", "\\Flagged"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mailbox() -> AsyncIterator[MailboxDouble]:
    async with mailbox_double() as running:
        yield running


@pytest.fixture
def box(mailbox: MailboxDouble) -> MailboxDouble:
    """The module's mailbox, with nothing in it."""
    mailbox.mails.clear()
    mailbox.flags.clear()
    return mailbox


@pytest.fixture(scope="module")
def more_settings(mailbox: MailboxDouble) -> dict[str, Any]:
    """Looked into by the tests themselves after the first time."""
    return {
        **INTAKE, "imap_host": "127.0.0.1", "imap_port": mailbox.port, "imap_tls": "none", "imap_user": "antwort",
        "imap_pause_seconds": 3600.0, "intake_largest_bytes": 20_000,
    }  # fmt: skip


@pytest_asyncio.fixture(loop_scope="module")
async def reply_to(desk: Any, merchant: Merchant, customer: Customer, document: Document) -> str:
    await desk.know(merchant, customer)
    await desk.tell(DocumentShared(document=document))
    [mail] = await desk.mails(1)
    return str(mail["reply_to"]).partition("<")[2].rstrip(">")


async def take_in(desk: Any) -> int:
    return await poll(desk.app.state.settings, desk.app.state.intake)


async def state_of_mail(desk: Any, state: str) -> Any:
    async def found() -> Any:
        [row] = await desk.rows("SELECT * FROM incoming_mail")
        assert row["state"] == state
        return row

    return await eventually(found)


async def test_an_answer_in_the_mailbox_becomes_a_comment_and_is_seen(
    desk: Any, box: MailboxDouble, reply_to: str
) -> None:
    uid = box.add(answer("Wir <info@mailbox.example>", Delivered_To=reply_to).as_bytes())
    assert await take_in(desk) == 1
    assert box.flags[uid] == {SEEN}
    await state_of_mail(desk, "delivered")
    assert [comment["text"] for comment in desk.peers.comments.values()] == ["Passt so, danke."]
    assert await take_in(desk) == 0


async def test_who_dies_before_marking_takes_it_in_once(desk: Any, box: MailboxDouble, reply_to: str) -> None:
    uid = box.add(answer(reply_to).as_bytes())
    await take_in(desk)
    box.flags[uid].clear()
    assert await take_in(desk) == 1
    await state_of_mail(desk, "delivered")
    assert (len(desk.peers.comments), box.flags[uid]) == (1, {SEEN})


async def test_what_belongs_to_nobody_is_flagged_for_a_person(desk: Any, box: MailboxDouble) -> None:
    uid = box.add(answer("antwort@antwort.example", sender="neu@example.org").as_bytes())
    await take_in(desk)
    assert box.flags[uid] == {SEEN, FLAGGED}
    assert await desk.rows("SELECT * FROM incoming_mail") == []


async def test_a_program_stays_out_and_staff_are_told(desk: Any, box: MailboxDouble, reply_to: str) -> None:
    message = answer(reply_to)
    message.add_attachment(b"MZ\x90", maintype="application", subtype="octet-stream", filename="Rechnung.exe")
    box.add(message.as_bytes())
    await take_in(desk)
    row = await state_of_mail(desk, "open")
    assert (row["reason"], "Rechnung.exe" in row["reason_params"], row["files"]) == ("file_refused", True, 0)


async def test_what_is_too_large_stays_in_the_mailbox_and_staff_are_told(
    desk: Any, box: MailboxDouble, reply_to: str
) -> None:
    uid = box.add(answer(reply_to, "x" * 30_000).as_bytes())
    await take_in(desk)
    row = await state_of_mail(desk, "open")
    assert (row["reason"], box.flags[uid]) == ("too_large", {SEEN, FLAGGED})


async def test_while_the_database_is_away_nothing_is_marked(
    desk: Any, box: MailboxDouble, reply_to: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise OSError("gone")

    monkeypatch.setattr(desk.app.state.intake, "_store", away)
    uid = box.add(answer(reply_to).as_bytes())
    with pytest.raises(OSError, match="gone"):
        await take_in(desk)
    assert box.flags[uid] == set()
