"""Files of comments: what they are is told by their content, and pictures lose what the camera wrote into them."""

import io
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from commenting import conversation
from PIL import Image
from sqlalchemy import text

from kontor_documents.unused_files import delete_unused
from kontor_service.ids import uuid7


@pytest_asyncio.fixture(loop_scope="module")
async def talk(documents):
    return await conversation(documents)


def photo(kind="JPEG", size=(4000, 3000)):
    picture, out = Image.new("RGB", size, "teal"), io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Kamera von Anna"
    picture.save(out, kind, exif=exif)
    return out.getvalue()


def archive(*names, **contents):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, contents.get(name.partition(".")[0], "<x/>"))
    return out.getvalue()


async def test_a_photo_is_made_smaller_and_loses_where_it_was_taken(talk):
    uploaded = (await talk.upload(talk.anna(), photo(), "Heizung.JPG")).json()
    assert (uploaded["name"], uploaded["media_type"]) == ("Heizung.jpg", "image/jpeg")
    comment = (await talk.write(talk.anna(), "", files=[uploaded["id"]])).json()["id"]
    path = talk.path("comments", comment, "files", uploaded["id"])
    kept = (await talk.documents.http.get(path, headers=talk.mail())).content
    picture = Image.open(io.BytesIO(kept))
    assert max(picture.size) == 2_000
    assert b"Kamera" not in kept
    assert not picture.getexif()


@pytest.mark.parametrize(("name", "content", "media_type", "kept"), [
    ("Plan.pdf", b"%PDF-1.7\n", "application/pdf", "Plan.pdf"),
    ("Plan.exe", b"%PDF-1.7\n", "application/pdf", "Plan.exe.pdf"),
    ("C:\\Fotos\\bild", photo("PNG", (10, 10)), "image/png", "bild.png"),
    ("liste.csv", "Größe;1\n".encode("cp1252"), "text/csv", "liste.csv"),
    ("Brief.docx", archive("[Content_Types].xml", "word/document.xml"),
     "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Brief.docx"),
    ("Tabelle.ods", archive("mimetype", "content.xml", mimetype="application/vnd.oasis.opendocument.spreadsheet"),
     "application/vnd.oasis.opendocument.spreadsheet", "Tabelle.ods"),
])  # fmt: skip
async def test_usual_files_are_taken_under_a_name_that_says_what_they_are(talk, name, content, media_type, kept):
    answer = await talk.upload(talk.anna(), content, name)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["media_type"], answer.json()["name"]) == (media_type, kept)


@pytest.mark.parametrize(("name", "content"), [
    ("setup.exe", b"MZ\x90\0"),
    ("urlaub.jpg", b"MZ\x90\0"),
    ("rechnung.pdf", b"\x7fELF\x02"),
    ("notiz.txt", b"#!/bin/sh\nrm -rf /\n"),
    ("notiz.txt", b"<html><script>alert(1)</script></html>"),
    ("start.bat", b"echo los"),
    ("bild.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    ("Brief.docx", archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
    ("Ordner.zip", archive("lies.txt")),
    ("leer.txt", b""),
])  # fmt: skip
async def test_programs_pages_and_archives_are_refused_whatever_they_are_called(talk, name, content):
    answer = await talk.upload(talk.anna(), content, name)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "file_not_accepted", "file")


async def test_a_broken_picture_is_refused(talk):
    answer = await talk.upload(talk.anna(), photo()[:200], "a.jpg")
    assert (answer.status_code, answer.json()["code"]) == (422, "not_an_image")


async def test_what_is_too_large_is_refused(talk):
    answer = await talk.upload(talk.anna(), b"%PDF-1.7" + b" " * 20 * 1024**2, "a.pdf")
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")


async def test_a_file_is_its_uploaders_and_goes_with_one_comment(talk):
    uploaded = (await talk.upload(talk.anna(), b"%PDF-1.7", "a.pdf")).json()["id"]
    for who in (talk.jonas(), talk.anna(sub=f"contact:{uuid7()}")):
        assert (await talk.write(who, files=[uploaded])).json()["code"] == "unknown_file"
    assert (await talk.write(talk.anna(), files=[uploaded])).status_code == 200
    assert (await talk.write(talk.anna(), files=[uploaded])).json()["code"] == "unknown_file"


async def test_a_service_uploads_for_whom_it_writes(talk):
    author = {"kind": "contact", "id": str(talk.contact), "name": "Anna Seidel"}
    path = talk.path("comment-files") + f"?author=contact:{talk.contact}"
    uploaded = (await talk.upload(talk.mail(), b"%PDF-1.7", "Plan.pdf", path)).json()["id"]
    assert (await talk.write(talk.mail(), "Siehe Plan", author=author, files=[uploaded])).status_code == 200
    assert [file["name"] for file in (await talk.comments())[0]["files"]] == ["Plan.pdf"]


async def test_a_comment_taken_back_takes_its_files_with_it(talk):
    uploaded = (await talk.upload(talk.anna(), b"%PDF-1.7", "a.pdf")).json()["id"]
    comment = (await talk.write(talk.anna(), files=[uploaded])).json()["id"]
    await talk.documents.http.delete(talk.path("comments", comment), headers=talk.anna())
    path = talk.path("comments", comment, "files", uploaded)
    assert (await talk.documents.http.get(path, headers=talk.mail())).status_code == 404


async def unused_deleted(talk):
    """The job an hour later, of a day on which everything uploaded so far is a day old."""
    documents = talk.documents
    async with documents.app.state.db.transaction(documents.merchant) as session:
        await session.execute(text("UPDATE comment_file SET uploaded_at = uploaded_at - interval '25 hours'"))
    await delete_unused(documents.app.state.dependencies)
    async with documents.app.state.db.transaction(documents.merchant) as session:
        kept = (await session.execute(text("SELECT id FROM comment_file ORDER BY id"))).scalars()
    return [str(one) for one in kept]


def stored(talk, file):
    """Whether the bytes are in file storage."""
    folder = Path(urlsplit(talk.documents.app.state.settings.files_url).path) / "comments" / file
    return any(path.is_file() for path in folder.rglob("*"))


async def test_what_is_uploaded_and_never_sent_is_gone_after_a_day(talk):
    sent, unsent = [(await talk.upload(talk.anna(), b"%PDF-1.7", "a.pdf")).json()["id"] for _ in range(2)]
    comment = (await talk.write(talk.anna(), files=[sent])).json()["id"]
    await delete_unused(talk.documents.app.state.dependencies)
    assert stored(talk, unsent)
    assert await unused_deleted(talk) == [sent]
    assert (stored(talk, sent), stored(talk, unsent)) == (True, False)
    path = talk.path("comments", comment, "files", sent)
    assert (await talk.documents.http.get(path, headers=talk.mail())).content == b"%PDF-1.7"
    assert (await talk.write(talk.anna(), files=[unsent])).json()["code"] == "unknown_file"


async def test_files_of_a_comment_taken_back_are_gone_after_a_day(talk):
    uploaded = (await talk.upload(talk.anna(), b"%PDF-1.7", "a.pdf")).json()["id"]
    comment = (await talk.write(talk.anna(), files=[uploaded])).json()["id"]
    await talk.documents.http.delete(talk.path("comments", comment), headers=talk.anna())
    assert await unused_deleted(talk) == []
    assert not stored(talk, uploaded)


async def test_no_upload_where_comments_are_switched_off(documents):
    talk = await conversation(documents, type="delivery_note", due_date=None)
    assert (await talk.upload(talk.anna(), b"%PDF-1.7", "a.pdf")).json()["code"] == "comments_not_allowed"
