"""Files of a quote in its form: uploaded when the form is sent, and named by it from then on."""

from dataclasses import dataclass
from typing import Any, Self

from fastapi import Request

from kontor_documents_pages.admin.quotes.writer import RIGHT
from kontor_documents_pages.chosen_files import refuse_too_many
from kontor_edge.acting import refused
from kontor_edge.owners import command
from kontor_service.errors import Problem
from kontor_service.i18n import gettext as _
from kontor_web import Form

_UPLOAD_SECONDS = 60.0
_FIELD = "attachment"


@dataclass(frozen=True)
class Attached:
    """A file that documents has. `written` is the value of its field in the form."""

    sha256: str
    size: int
    name: str

    @property
    def written(self) -> str:
        return f"{self.sha256} {self.size} {self.name}"

    @classmethod
    def parse(cls, written: str) -> Self | None:
        """None for what this form has not written."""
        sha256, _blank, rest = written.partition(" ")
        size, _blank, name = rest.partition(" ")
        return cls(sha256, int(size), name) if size.isascii() and size.isdigit() and name else None


def attached(form: Form) -> list[Attached]:
    """The files that the quote has, in their order, each once."""
    found = {one.sha256: one for one in map(Attached.parse, form.values.get(_FIELD, ())) if one}
    return list(found.values())


def fields_of_attachments(data: dict[str, Any]) -> dict[str, list[str]]:
    """The files of a quote's data as the field of its form; not those that are only links."""
    files = [one for one in data.get("attachments") or () if one.get("sha256")]
    return {_FIELD: [Attached(one["sha256"], one.get("size") or 0, _name(one)).written for one in files]}


def data_of_attachments(form: Form, kept: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The attachments as documents takes them. `kept`: those that the quote had, with what the form does not know of them."""
    before = {one["sha256"]: one for one in kept if one.get("sha256")}
    linked = [one for one in kept if not one.get("sha256")]
    return [
        *linked,
        *(before.get(one.sha256) or {"sha256": one.sha256, "file_name": one.name} for one in attached(form)),
    ]


async def upload_files(request: Request, form: Form) -> int:
    """Uploads what was chosen in the form and takes away what its buttons ask for (`do` = detach-0).

    200, or the status of the refusal, which is noted at the field.
    """
    files = attached(form)
    asked, _dash, number = form.value("do").partition("-")
    if asked == "detach" and number.isascii() and number.isdigit():
        files = [one for place, one in enumerate(files) if place != int(number)]
    refuse_too_many(form, len(files))
    status = 200
    try:
        for upload in form.files("files") if form.ok else ():
            sent = {"file": (upload.filename, upload.file, upload.content_type or "application/octet-stream")}
            answer = await command(
                request, "documents", RIGHT, "POST", "/v1/quote-files", files=sent, timeout=_UPLOAD_SECONDS
            )
            files.append(Attached(answer["sha256"], answer["size"], answer["name"]))
    except Problem as problem:
        status = refused(form, problem, {"file": "files"})
    form.values[_FIELD] = [one.written for one in files]
    return status if form.ok else max(status, 422)


def _name(attachment: dict[str, Any]) -> str:
    return str(attachment.get("file_name") or attachment.get("description") or attachment.get("id") or _("File"))
