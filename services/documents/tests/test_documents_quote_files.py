"""Files that staff attach to a quote: uploaded first, named by the quote, kept while it is amended."""

import io
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pikepdf
import pytest
from quotes_to_decide import accept, quote, shared_quote
from sqlalchemy import text

from kontor_documents import queries
from kontor_documents.unused_files import delete_unused
from kontor_service.ids import uuid7

PDF = b"%PDF-1.7\n"
AT_THE_FORM = {"x-kontor-source": "kontor"}


async def uploaded(documents, content=PDF, name="Plan.pdf", merchant=None):
    answer = await documents.http.post(
        "/v1/quote-files",
        headers=documents.auth("documents:submit", merchant=merchant),
        files={"file": (name, content)},
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def files_of(documents, document_id):
    async with documents.app.state.db.connection() as connection, connection.transaction():
        await connection.execute("SELECT set_config('kontor.merchant_id', $1, true)", str(documents.merchant))
        return await connection.fetch(
            "SELECT * FROM document_file WHERE document_id = $1 AND role = 'attachment' ORDER BY position", document_id
        )


async def attachments(documents, document_id):
    rows = await files_of(documents, document_id)
    return [(row["name"], row["media_type"], row["private"]) for row in rows]


async def test_a_file_comes_with_the_quote_and_stays_when_it_is_amended(documents):
    plan = await uploaded(documents)
    named = [{"sha256": plan["sha256"], "file_name": "anders.exe", "media_type": "text/html"}]
    document_id = await shared_quote(documents, attachments=named)
    assert await attachments(documents, document_id) == [("Plan.pdf", "application/pdf", False)]

    photo = await uploaded(documents, b"Zeile", "Notiz.txt")
    both = [*named, {"sha256": photo["sha256"]}]
    await documents.made(quote(title="Mit Notiz", attachments=both), **AT_THE_FORM)
    assert [name for name, *_others in await attachments(documents, document_id)] == ["Plan.pdf", "Notiz.txt"]

    await documents.made(quote(title="Ohne"), **AT_THE_FORM)
    assert await attachments(documents, document_id) == []


async def test_files_of_staff_stay_when_another_system_sends_the_quote_again(documents):
    document_id = await shared_quote(documents)
    plan = [{"sha256": (await uploaded(documents))["sha256"]}]
    await documents.made(quote(title="Mit Plan", attachments=plan), **AT_THE_FORM)
    link = {"url": "https://brunner.example/waermepumpe", "description": "Datenblatt"}
    await documents.made(quote(title="Neu vom ERP", attachments=[link]))
    assert await attachments(documents, document_id) == [("Plan.pdf", "application/pdf", False)]
    assert await inside_pdf(documents, document_id) == ["Plan.pdf"]


async def hide(documents, document_id, file_id, *, private=True):
    answer = await documents.http.patch(
        f"/v1/documents/{document_id}/files/{file_id}",
        headers=documents.auth("documents:release"),
        json={"private": private},
    )
    assert answer.status_code == 200, answer.text


async def inside_pdf(documents, document_id):
    """The names of the files inside the quote's only PDF."""
    async with documents.app.state.db.transaction(documents.merchant) as session:
        [pdf] = [file for file in await queries.files_of(session, UUID(document_id)) if file.role == "pdf"]
    content = await documents.app.state.dependencies.files.get(pdf.sha256)
    with pikepdf.open(io.BytesIO(content)) as opened:
        return [file.filename for file in opened.attachments.values()]


async def test_a_file_that_staff_hid_stays_hidden_when_the_quote_is_amended(documents):
    plan = [{"sha256": (await uploaded(documents))["sha256"]}]
    document_id = await shared_quote(documents, attachments=plan)
    [file] = await files_of(documents, document_id)
    await hide(documents, document_id, file["id"])

    await documents.made(quote(title="Neu", attachments=plan), **AT_THE_FORM)
    assert await attachments(documents, document_id) == [("Plan.pdf", "application/pdf", True)]
    assert await inside_pdf(documents, document_id) == []


async def test_a_hidden_file_is_not_inside_the_pdf_until_it_is_shown_again(documents):
    document_id = await shared_quote(documents, attachments=[{"sha256": (await uploaded(documents))["sha256"]}])
    [file] = await files_of(documents, document_id)
    assert await inside_pdf(documents, document_id) == ["Plan.pdf"]
    await hide(documents, document_id, file["id"])
    assert await inside_pdf(documents, document_id) == []
    await hide(documents, document_id, file["id"], private=False)
    assert await inside_pdf(documents, document_id) == ["Plan.pdf"]


async def test_the_pdf_of_an_accepted_quote_stays_as_it_was_read(documents):
    document_id = await shared_quote(documents, attachments=[{"sha256": (await uploaded(documents))["sha256"]}])
    [file] = await files_of(documents, document_id)
    assert (await accept(documents, document_id)).status_code == 200
    await hide(documents, document_id, file["id"])
    assert await inside_pdf(documents, document_id) == ["Plan.pdf"]


async def test_a_file_of_another_merchant_cannot_be_named(documents):
    foreign = await uploaded(documents, b"%PDF-1.7 geheim", merchant=uuid7())
    await documents.open_shop()
    await documents.add_customer()

    answer = await documents.submit(
        quote(attachments=[{"sha256": foreign["sha256"], "file_name": "Geheim.pdf"}]), **AT_THE_FORM
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "attachment_unknown")
    assert answer.json()["field"] == "attachments[0]"


@pytest.mark.parametrize(("content", "name", "status"), [
    (b"MZ\x90\x00", "Setup.exe", 422), (b"MZ\x90\x00", "Angebot.pdf", 422), (b"<script>", "a.txt", 422), (b"", "leer.txt", 422),
])  # fmt: skip
async def test_a_program_is_refused_at_the_field(documents, content, name, status):
    answer = await documents.http.post(
        "/v1/quote-files", headers=documents.auth("documents:submit"), files={"file": (name, content)}
    )
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (status, "file_not_accepted", "file")


async def test_a_quote_has_only_so_many_files(documents):
    await documents.open_shop()
    await documents.add_customer()
    named = [{"sha256": (await uploaded(documents, f"Zeile {n}".encode(), f"{n}.txt"))["sha256"]} for n in range(11)]
    answer = await documents.submit(quote(attachments=named), **AT_THE_FORM)
    assert (answer.status_code, answer.json()["code"]) == (422, "too_many_attachments")


def stored(documents):
    """How many uploads for quotes are in file storage."""
    folder = Path(urlsplit(documents.app.state.settings.files_url).path) / "quotes"
    return sum(path.is_file() for path in folder.rglob("*"))


async def test_what_no_quote_names_is_gone_after_a_day_and_a_quote_keeps_its_own(documents):
    before = stored(documents)
    named = [{"sha256": (await uploaded(documents))["sha256"]}]
    unnamed = [{"sha256": (await uploaded(documents, b"Zeile", "Notiz.txt"))["sha256"]}]
    document_id = await shared_quote(documents, attachments=named)
    await delete_unused(documents.app.state.dependencies)
    assert stored(documents) == before + 2
    async with documents.app.state.db.transaction(documents.merchant) as session:
        await session.execute(text("UPDATE quote_file SET uploaded_at = uploaded_at - interval '25 hours'"))
    await delete_unused(documents.app.state.dependencies)
    assert stored(documents) == before

    [file] = await files_of(documents, document_id)
    path = f"/v1/documents/{document_id}/files/{file['id']}"
    answer = await documents.http.get(path, headers=documents.auth("documents:release"))
    assert (answer.status_code, answer.content) == (200, PDF)
    await documents.made(quote(title="Neu", attachments=named), **AT_THE_FORM)
    assert [name for name, *_others in await attachments(documents, document_id)] == ["Plan.pdf"]
    late = await documents.submit(quote(external_id="quote-2", attachments=unnamed), **AT_THE_FORM)
    assert (late.status_code, late.json()["code"]) == (422, "attachment_unknown")
