"""The log of mails, sending one again, and the texts of mails."""

from datetime import UTC, datetime

import pytest
from admin_shop import Shop, answer_of

from kontor_admin.words import mail_error
from kontor_service.i18n import speaking


async def test_mails_are_listed_with_their_state_and_can_be_sent_again(shop: Shop) -> None:
    mail = shop.mail(state="failed", error="refused", error_params={"answer": "550 unknown user"})
    await shop.told(mail)
    page = await shop.page("/mails?state=failed")
    assert "Der Mailserver lehnt sie ab: 550 unknown user" in page
    # Both pages stand while notifications does not say what was in it.
    assert "550 unknown user" in await shop.page(f"/mails/{mail.mail.id}")
    assert 'name="text"' not in await shop.page(f"/mails/{mail.mail.id}/erneut")
    path = f"/v1/mails/{mail.mail.id}/resend"
    shop.owners.answers["POST", path] = answer_of(shop.mail(recipient="new@example.com"))
    answer = await shop.post(f"/mails/{mail.mail.id}/erneut", {"recipient": "new@example.com"})
    assert answer.status_code == 303
    assert shop.owners.calls[-1][2] == {"recipient": "new@example.com"}


async def test_a_failed_mail_is_a_task_until_it_was_sent_again(shop: Shop) -> None:
    failed = shop.mail(state="failed", error="text_invalid", created_at=datetime.now(UTC))
    await shop.told(failed)
    assert (await shop.client.get("/api/admin/v1/session")).json()["counts"]["mails"] == 1
    await shop.told(shop.mail(resend_of=failed.mail.id))
    assert (await shop.client.get("/api/admin/v1/session")).json()["counts"]["mails"] == 0


async def test_the_words_of_a_failed_mail_can_be_corrected(shop: Shop) -> None:
    mail = shop.mail(state="failed", error="text_invalid")
    await shop.told(mail)
    path = f"/v1/mails/{mail.mail.id}"
    own = {"subject": "Ihre Rechnung", "text": "Hallo [Vorname]"}
    shop.owners.answers["GET", path] = {"subject": "", "text": "", "html": "", "own": own, "placeholders": []}
    assert "Hallo [Vorname]" in await shop.page(f"/mails/{mail.mail.id}/erneut")
    usual = {f"usual_{name}": text for name, text in own.items()}
    form = {"recipient": "anna@example.com", **usual, **own, "text": "Hallo [Contact.name]"}
    shop.owners.answers["POST", f"{path}/resend"] = answer_of(shop.mail())
    assert (await shop.post(f"/mails/{mail.mail.id}/erneut", form)).status_code == 303
    assert shop.owners.calls[-1][2] == {"text": "Hallo [Contact.name]"}
    shop.owners.refuse("POST", f"{path}/resend", 422, errors=[{"field": "text", "code": "x", "message": "So nicht."}])
    again = await shop.post(f"/mails/{mail.mail.id}/erneut", form)
    assert again.status_code == 422
    assert "So nicht." in again.text


async def test_a_sent_mail_is_read_in_a_frame_that_runs_nothing(shop: Shop) -> None:
    mail = shop.mail()
    await shop.told(mail)
    said = {
        "subject": "Ihre Rechnung",
        "text": "Hallo",
        "html": "<p>Hallo <script>x</script></p>",
        "own": None,
        "placeholders": [],
    }
    shop.owners.answers["GET", f"/v1/mails/{mail.mail.id}"] = said
    page = await shop.page(f"/mails/{mail.mail.id}")
    assert f'src="/mails/{mail.mail.id}/inhalt"' in page
    frame = await shop.client.get(f"/mails/{mail.mail.id}/inhalt")
    assert frame.text == said["html"]
    policy = frame.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert policy.endswith("sandbox")
    assert frame.headers.get_list("x-frame-options") == ["SAMEORIGIN"]


@pytest.mark.parametrize(
    ("language", "error", "params", "told"),
    [
        ("de", "put_off", {"answer": "451 later", "attempts": "13"},
         "Nach 13 Versuchen aufgegeben. Der Mailserver nimmt sie zurzeit nicht an: 451 later"),
        ("en", "expired", {}, "The link or code had expired before the mail could be sent."),
        ("de", "text_invalid", {"reason": "[%(mark)s] cannot stand in a subject.", "mark": "Link"},
         "Ihr Text kann nicht verschickt werden: [Link] kann nicht im Betreff stehen."),
        ("de", "of_tomorrow", {}, "of_tomorrow"),
    ],
)  # fmt: skip
def test_why_a_mail_did_not_go_out_is_told_in_the_readers_language(language, error, params, told) -> None:
    with speaking(language):
        assert mail_error({"error": error, "error_params": params}) == told


async def test_an_unknown_placeholder_is_named_beside_its_field(shop: Shop) -> None:
    kind = "document_shared:invoice"
    shop.owners.answers["GET", "/v1/templates"] = {
        "templates": [{
            "kind": kind, "label": "Document", "document_type": "invoice", "language": "de", "subject": "S", "text": "T", "own": False,
        }], "placeholders": {kind: []},
    }  # fmt: skip
    finding = {
        "field": "subject",
        "code": "x",
        "message": "Den Platzhalter [Nope] gibt es in dieser Art von E-Mail nicht.",
    }
    shop.owners.refuse("PUT", f"/v1/templates/{kind}/de", 422, code="template_invalid", errors=[finding])
    answer = await shop.post(f"/mails/texte/{kind}/de", {"subject": "[Nope]", "text": "x"})
    assert answer.status_code == 422
    assert 'id="subject-error">Den Platzhalter [Nope] gibt es in dieser Art von E-Mail nicht.' in answer.text
