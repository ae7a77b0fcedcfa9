"""An answer to a mail comes in by SMTP and becomes a comment."""

from typing import Any
from uuid import UUID

import aiosmtplib
import pytest
import pytest_asyncio
from intake_mails import DOMAIN, ERIKA, INTAKE, answer, send

from kontor.documents.v1.documents_pb2 import Document, DocumentShared
from kontor.identity.v1.identity_pb2 import Customer, Merchant
from kontor_notifications.intake.deliver import Delivery
from kontor_testing.serving import free_port
from kontor_testing.waiting import eventually

CONTACT_ID = "01920000-0000-7000-8000-00000000000a"


@pytest.fixture(scope="module")
def more_settings() -> dict[str, Any]:
    return {**INTAKE, "intake_port": free_port()}


@pytest_asyncio.fixture(loop_scope="module")
async def reply_to(desk: Any, merchant: Merchant, customer: Customer, document: Document) -> str:
    """The address to which Erika answers the mail about her invoice."""
    await desk.know(merchant, customer)
    await desk.tell(DocumentShared(document=document))
    [mail] = await desk.mails(1)
    return str(mail["reply_to"]).partition("<")[2].rstrip(">")


async def comments(desk: Any, count: int = 1) -> list[dict[str, Any]]:
    async def written() -> list[dict[str, Any]]:
        found = list(desk.peers.comments.values())
        assert len(found) >= count
        return found

    return await eventually(written)


async def incoming(desk: Any, state: str) -> Any:
    async def found() -> Any:
        [row] = await desk.rows("SELECT * FROM incoming_mail")
        assert row["state"] == state
        return row

    return await eventually(found)


async def test_an_answer_becomes_a_comment_of_the_contact_person(desk: Any, reply_to: str, document: Document) -> None:
    text = "Passt so, danke.\n\nMit freundlichen Grüßen\nErika\n\nAm 27.11.26 um 14:03 schrieb Elektro Wagner:\n> Guten Tag"
    message = answer(reply_to, text)
    message.add_attachment(b"%PDF-1.7 signed", maintype="application", subtype="pdf", filename="Unterschrift.pdf")
    said = await send(desk.app.state.intake_port, message)
    assert said.startswith("2.0.0")
    [comment] = await comments(desk)
    [file_id] = comment["files"]
    assert comment == {
        "text": "Passt so, danke.", "files": [file_id], "source": "mail", "document_id": document.id,
        "author": {"kind": "contact", "id": CONTACT_ID, "name": "Erika Müller"},
    }  # fmt: skip
    assert desk.peers.files[file_id] == (f"contact:{CONTACT_ID}", "Unterschrift.pdf", b"%PDF-1.7 signed")
    row = await incoming(desk, "delivered")
    assert (row["reason"], row["document_number"]) == ("", document.number)
    # The comment has the file now.
    assert await desk.rows("SELECT * FROM incoming_file") == []


async def test_the_reply_address_fits_every_mail_server(desk: Any, reply_to: str) -> None:
    local, _, domain = reply_to.partition("@")
    assert len(local) <= 64
    assert domain == DOMAIN
    assert reply_to == reply_to.lower()


@pytest.mark.parametrize("spoiled", ["antwort+a1-{}a", "antwort+b2-{}", "antwort+a1-", "antwort+niemand", "anderer"])
async def test_an_address_that_was_not_made_here_is_refused(desk: Any, reply_to: str, spoiled: str) -> None:
    token = reply_to.partition("-")[2].partition("@")[0]
    forged = spoiled.format("".join(reversed(token[:-1]))) + "@" + DOMAIN
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
        await send(desk.app.state.intake_port, answer(forged))
    [answered] = refused.value.recipients
    assert (answered.code, "There is no such address here" in answered.message) == (550, True)
    assert await desk.rows("SELECT * FROM incoming_mail") == []


async def test_somebody_elses_answer_waits_for_staff(desk: Any, reply_to: str, document: Document) -> None:
    await send(desk.app.state.intake_port, answer(reply_to, sender="fremd@example.org"))
    row = await incoming(desk, "open")
    assert (row["reason"], str(row["document_id"]), row["sender"]) == ("other_sender", document.id, "fremd@example.org")
    assert desk.peers.comments == {}


async def test_an_answer_in_capitals_is_the_same_persons(desk: Any, reply_to: str) -> None:
    await send(desk.app.state.intake_port, answer(reply_to.upper(), sender=ERIKA.upper()))
    assert (await comments(desk))[0]["text"] == "Passt so, danke."


async def test_a_sender_who_gives_no_name_writes_under_the_one_that_is_known(desk: Any, reply_to: str) -> None:
    await send(desk.app.state.intake_port, answer(reply_to, From=ERIKA))
    assert (await comments(desk))[0]["author"]["name"] == "Erika Müller"


async def test_the_same_mail_twice_is_one_comment(desk: Any, reply_to: str) -> None:
    for _ in range(2):
        await send(desk.app.state.intake_port, answer(reply_to))
    await incoming(desk, "delivered")
    assert len(desk.peers.comments) == 1


@pytest.mark.parametrize(
    ("headers", "envelope_from"),
    [
        ({"Auto_Submitted": "auto-replied"}, None),
        ({"Precedence": "bulk"}, None),
        ({"X_Autoreply": "yes"}, None),
        ({"List_Id": "<liste.example.org>"}, None),
        ({"Message_ID": "<01920000-0000-7000-8000-000000000009@mail.example>"}, None),
        ({"Subject": "Automatische Antwort: Ihre Rechnung"}, None),
        ({"Subject": "Abwesenheitsnotiz: bis 3. Januar"}, None),
        ({"Subject": "Out of office: back on Monday"}, None),
        ({"From": "Mail Delivery <MAILER-DAEMON@mx.example.org>"}, None),
        ({}, ""),
    ],
)
async def test_what_a_machine_answers_is_dropped(
    desk: Any, reply_to: str, headers: dict[str, str], envelope_from: str | None
) -> None:
    def ignored() -> float:
        return desk.app.state.registry.get_sample_value("kontor_incoming_mails_total", {"outcome": "ignored"}) or 0.0

    before = ignored()
    said = await send(desk.app.state.intake_port, answer(reply_to, **headers), envelope_from=envelope_from)
    assert said.startswith("2.0.0")
    assert await desk.rows("SELECT * FROM incoming_mail") == []
    assert ignored() == before + 1


@pytest.mark.parametrize("mark", ["X_Auto_Response_Suppress", "List_Unsubscribe", "Feedback_ID"])
async def test_what_may_be_a_machines_waits_for_staff(desk: Any, reply_to: str, document: Document, mark: str) -> None:
    await send(desk.app.state.intake_port, answer(reply_to, **{mark: "All"}))
    row = await incoming(desk, "open")
    assert (row["reason"], str(row["document_id"])) == ("maybe_automatic", document.id)
    assert desk.peers.comments == {}


async def test_a_program_is_refused_with_a_sentence(desk: Any, reply_to: str) -> None:
    message = answer(reply_to)
    message.add_attachment(b"MZ\x90\x00", maintype="application", subtype="pdf", filename="Rechnung.pdf")
    with pytest.raises(aiosmtplib.SMTPDataError, match="Programme und Skripte werden nicht angenommen"):
        await send(desk.app.state.intake_port, message)
    assert await desk.rows("SELECT * FROM incoming_mail") == []


async def test_too_many_files_are_refused_with_a_sentence(desk: Any, reply_to: str) -> None:
    message = answer(reply_to)
    for number in range(11):
        message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename=f"{number}.pdf")
    with pytest.raises(aiosmtplib.SMTPDataError, match="nicht mehr als 10 Dateien"):
        await send(desk.app.state.intake_port, message)
    assert await desk.rows("SELECT * FROM incoming_mail") == []


async def test_while_documents_is_away_the_mail_waits(desk: Any, reply_to: str) -> None:
    desk.peers.failing["/v1/documents"] = 503
    await send(desk.app.state.intake_port, answer(reply_to))
    await eventually(lambda: desk.rows("SELECT id FROM incoming_mail WHERE attempts = 1 AND state = 'received'"))
    assert await stuck(desk) == 0
    await desk.rows("UPDATE incoming_mail SET attempts = 5")
    assert await stuck(desk) == 1
    desk.peers.failing.clear()
    await desk.rows("UPDATE incoming_mail SET next_attempt_at = now()")
    assert [comment["text"] for comment in await comments(desk)] == ["Passt so, danke."]
    await incoming(desk, "delivered")
    assert await stuck(desk) == 0


async def stuck(desk: Any) -> int:
    """As Prometheus is told after the next look."""
    [row] = await desk.rows("SELECT incoming_mails_stuck() AS many")
    return int(row["many"])


async def test_what_documents_refuses_waits_for_staff_with_its_words(desk: Any, reply_to: str) -> None:
    desk.peers.failing["/v1/documents"] = 409
    await send(desk.app.state.intake_port, answer(reply_to))
    row = await incoming(desk, "open")
    assert row["reason"] == "not_taken"
    assert "It is not to be had" in row["reason_params"]


async def test_who_dies_after_handing_on_hands_on_no_second_comment(desk: Any, reply_to: str) -> None:
    message = answer(reply_to)
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="a.pdf")
    await send(desk.app.state.intake_port, message)
    row = await incoming(desk, "delivered")
    # As a process leaves it that dies before it has noted what documents answered.
    await desk.rows("UPDATE incoming_mail SET state = 'received', next_attempt_at = now() + interval '1 day'")
    before = dict(desk.peers.comments)
    delivery = Delivery(desk.app.state.db, desk.app.state.owners)
    await desk.rows(
        "INSERT INTO incoming_file SELECT merchant_id, id, 0, 'a.pdf', 'application/pdf', '%PDF-1.7', $1 FROM incoming_mail",
        UUID(next(iter(before.values()))["files"][0]),
    )
    assert await delivery._deliver(row["merchant_id"], row["id"]) is None
    assert desk.peers.comments == before


async def test_a_mail_without_words_waits_for_staff(desk: Any, reply_to: str) -> None:
    await send(desk.app.state.intake_port, answer(reply_to, "> Guten Tag Erika Müller\n> Ihre Rechnung"))
    assert (await incoming(desk, "open"))["reason"] == "empty"


async def test_a_mail_to_the_merchants_name_is_a_task_of_theirs(desk: Any, reply_to: str, merchant: Merchant) -> None:
    await send(desk.app.state.intake_port, answer(f"antwort+{merchant.slug}@{DOMAIN}", sender="neu@example.org"))
    row = await incoming(desk, "open")
    assert (row["reason"], row["document_id"]) == ("no_reply_address", None)


async def test_a_program_that_cuts_the_address_is_known_by_what_it_answers(desk: Any, reply_to: str) -> None:
    [sent] = await desk.rows("SELECT * FROM mail")
    message = answer(f"antwort@{DOMAIN}", In_Reply_To=sent["message_id"])
    await send(desk.app.state.intake_port, message)
    row = await incoming(desk, "open")
    assert (row["reason"], row["answers"]) == ("no_reply_address", sent["id"])


async def test_the_plain_address_alone_says_nothing_and_is_refused(desk: Any, reply_to: str) -> None:
    with pytest.raises(aiosmtplib.SMTPDataError, match="There is no such address here"):
        await send(desk.app.state.intake_port, answer(f"antwort@{DOMAIN}", sender="neu@example.org"))
    assert await desk.rows("SELECT * FROM incoming_mail") == []


async def test_a_long_answer_comes_as_a_file_besides(desk: Any, reply_to: str) -> None:
    text = "\n".join(f"Zeile {number} mit einigen Worten" for number in range(300))
    await send(desk.app.state.intake_port, answer(reply_to, text))
    [comment] = await comments(desk)
    assert len(comment["text"]) <= 5000
    [file] = desk.peers.files.values()
    assert (file[1], file[2].decode()) == ("E-Mail.txt", text)


async def test_while_the_database_is_away_the_sender_keeps_the_mail(
    desk: Any, reply_to: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise OSError("gone")

    monkeypatch.setattr(desk.app.state.intake, "_store", away)
    with pytest.raises(aiosmtplib.SMTPDataError) as refused:
        await send(desk.app.state.intake_port, answer(reply_to))
    assert refused.value.code == 451
