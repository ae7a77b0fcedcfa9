"""The mail as it goes over the wire."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kontor.identity.v1.identity_pb2 import Merchant
from kontor_notifications.mails.message import Attached, compose
from kontor_notifications.mails.recipients import header_address, is_address
from kontor_notifications.models import Mail
from kontor_notifications.rendering.render import Rendered
from kontor_notifications.settings import Settings

SETTINGS = Settings(
    environment="development", database_url="postgresql://x/x", bus_url="postgresql://x/x", service_secret="x",
    mail_from="noreply@mail.example",
)  # fmt: skip
NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


def made(
    merchant: Merchant, *, recipient: str = "erika@example.org", name: str = "Erika Müller", subject: str = "Betreff",
    **options: Any,
) -> EmailMessage:  # fmt: skip
    mail = Mail(merchant_id=UUID(int=1), kind="document_shared", recipient=recipient, name=name, language="de",
                message_id="<1@mail.example>", created_at=NOW, next_attempt_at=NOW)  # fmt: skip
    rendered = Rendered(subject, "Grüße\n", '<p>Grüße <img src="cid:logo@kontor"></p>')
    options = {"logo": None, "files": [], "now": NOW} | options
    sent = compose(SETTINGS, merchant, mail, rendered, **options).as_bytes()
    return message_from_bytes(sent, policy=policy.default)


def test_umlauts_survive_in_every_header(merchant: Merchant) -> None:
    merchant.name = "Bäckerei Grün & Söhne"
    message = made(merchant, subject="Ihre Rechnung für März: 787,19 €")
    assert message["Subject"] == "Ihre Rechnung für März: 787,19 €"
    assert message["From"].addresses[0].display_name == "Bäckerei Grün & Söhne via Kontor"
    assert message["To"].addresses[0].display_name == "Erika Müller"


def test_a_subject_that_is_folded_before_an_umlaut_has_no_second_space(merchant: Merchant) -> None:
    subject = "Ihr Angebot AN-2026-0006 ist jetzt bis 15. Dezember 2026 gültig"
    assert made(merchant, subject=subject)["Subject"] == subject


def test_answers_go_to_the_merchant_and_robots_stay_silent(merchant: Merchant) -> None:
    message = made(merchant)
    assert message["From"].addresses[0].addr_spec == "noreply@mail.example"
    assert message["Reply-To"].addresses[0].addr_spec == "rechnung@elektro-wagner.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == "<1@mail.example>"


def test_text_comes_first_and_html_brings_its_logo(merchant: Merchant) -> None:
    message = made(merchant, logo=Attached("image/png", b"\x89PNG"))
    alternative = message.get_body(("plain",)), message.get_body(("html",))
    assert [part.get_content().strip()[:5] for part in alternative if part] == ["Grüße", "<p>Gr"]
    [picture] = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert (picture["Content-ID"], picture.get_content_disposition()) == ("<logo@kontor>", "inline")


def test_a_file_keeps_its_name_but_no_path(merchant: Merchant) -> None:
    files = [Attached("application/pdf", b"%PDF", "../Rechnung\r\nMärz.pdf")]
    [part] = list(made(merchant, files=files).iter_attachments())
    assert (part.get_filename(), part.get_content()) == (".._Rechnung__März.pdf", b"%PDF")


@pytest.mark.parametrize("media_type", [
    "", "pdf", "text/plain\r\nBcc: c@d.de", "application/ÄÖÜ", "multipart/mixed", "message/rfc822", "image/png; name=\x00", "a" * 100_000,
])  # fmt: skip
def test_a_file_of_an_odd_type_goes_as_bytes(merchant: Merchant, media_type: str) -> None:
    [part] = list(made(merchant, files=[Attached(media_type, b"%PDF", "a.pdf")]).iter_attachments())
    assert (part.get_content_type(), part.get_filename(), part.get_content()) == (
        "application/octet-stream", "a.pdf", b"%PDF",
    )  # fmt: skip


@settings(deadline=None)
@given(name=st.text(max_size=300), media_type=st.text(max_size=60))
def test_any_file_name_arrives_in_one_piece(name: str, media_type: str) -> None:
    message = made(Merchant(name="Elektro Wagner"), files=[Attached(media_type, b"%PDF", name)])
    [part] = list(message.iter_attachments())
    arrived = part.get_filename() or ""
    assert 0 < len(arrived) <= 120
    assert arrived.isprintable()
    assert part.get_payload(decode=True) == b"%PDF"


@pytest.mark.parametrize("name", ["R" * 100_000 + ".pdf", "\x00\u202e\ud800.pdf", "🧾" * 200 + ".pdf"])
def test_a_name_that_no_disk_takes_is_shortened_at_its_end(merchant: Merchant, name: str) -> None:
    [part] = list(made(merchant, files=[Attached("application/pdf", b"%PDF", name)]).iter_attachments())
    arrived = part.get_filename() or ""
    assert arrived.endswith(".pdf")
    assert len(arrived) <= 120


def test_an_international_domain_is_written_as_mail_servers_know_it() -> None:
    assert header_address("", "info@bäckerei.example").addr_spec == "info@xn--bckerei-5wa.example"


@pytest.mark.parametrize("text", [
    "a@b.de\r\nBcc: c@d.de", "a@b.de, c@d.de", "a@b.de>", "a b@c.de", "@b.de", "a@", "a", "", "a@b@c.de", "a@b..de",
    "\ud800@b.de", "a@\ud800.de", "a\x00@b.de", "a" * 255 + "@b.de",
])  # fmt: skip
def test_what_could_end_a_header_or_a_command_is_no_address(text: str) -> None:
    assert not is_address(text)


@pytest.mark.parametrize("text", ["a@b.de", "erika.müller+x@firma.co.uk", "root@localhost", "o'neill@example.org"])
def test_plain_addresses_are_addresses(text: str) -> None:
    assert is_address(text)


@settings(deadline=None)
@given(name=st.text(max_size=50), reply=st.text(max_size=50), subject=st.text(max_size=50))
def test_no_value_adds_a_header(name: str, reply: str, subject: str) -> None:
    merchant = Merchant(name=name + "\r\nBcc: evil@example.org", mail_reply_to=reply, contact_email=reply)
    clean = "".join(sign for sign in subject if sign.isprintable())
    message = made(merchant, name=name + "\nX-Evil: 1", subject=clean)
    assert {header.lower() for header in message} <= {
        "message-id", "date", "from", "to", "reply-to", "subject", "content-language", "auto-submitted",
        "x-auto-response-suppress", "mime-version", "content-type",
    }  # fmt: skip
    assert [address.addr_spec for address in message["To"].addresses] == ["erika@example.org"]
