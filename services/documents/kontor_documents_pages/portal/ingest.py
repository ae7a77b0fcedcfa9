"""Documents in: POST a file, read what became of it; cancel or withdraw one by the ERP's own id."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, Field

from kontor_edge.described import Amount
from kontor_edge.edge import edge_of
from kontor_edge.ingest import Permit, let_in, parked
from kontor_service.bodies import takes
from kontor_service.errors import Problem
from kontor_service.paging import Page

router = APIRouter(prefix="/api/ingest/v1", tags=["ingest"])

_UPLOAD_SECONDS = 60.0
Submitter = Annotated[Permit, let_in("documents", "documents:submit")]
_FILE = {"type": "string", "format": "binary"}
_BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": {"$ref": "#/components/schemas/DocumentData"}},
        "application/octet-stream": {
            "schema": {
                **_FILE,
                "description": "XRechnung or any EN 16931 XML, ZUGFeRD or Factur-X: what it is, its content says",
            }
        },
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {
                    "file": _FILE,
                    "data": {
                        "type": "string",
                        "description": "JSON (DocumentData) beside a PDF that carries no data of its own",
                    },
                },
            }
        },
    },
}


class Accepted(BaseModel):
    id: UUID
    status_url: str


class DocumentState(BaseModel):
    """`portal_url` is the customer's secret link; null with `portal_url_reason` while nobody may see the document:
    `unmatched`, `not_shared` or `unavailable` (ask again)."""

    id: UUID
    type: str
    number: str
    external_id: str
    state: str
    customer_number: str
    total: Amount
    amount_due: Amount
    issues: list[dict[str, Any]] = []
    portal_url: str | None = None
    portal_url_reason: str | None = None


class SubmissionState(BaseModel):
    id: UUID
    status: Literal["accepted", "processed", "rejected"]
    replaced: bool = Field(default=False, description="The document waited with another content, which is gone now")
    document: DocumentState | None = None
    error: dict[str, Any] | None = Field(default=None, description="problem+json, naming the field")


class Reason(BaseModel):
    reason: Annotated[str, Field(max_length=1000, examples=["Doppelt berechnet"])] = ""


@router.post(
    "/documents",
    status_code=202,
    summary="Hand in a document",
    response_model=Accepted,
    openapi_extra={"requestBody": _BODY},
)
@takes(lambda settings: settings.upload_bytes)
async def submit_document(
    request: Request,
    allowed: Submitter,
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
    x_kontor_file_name: Annotated[
        str, Header(max_length=2000, description="Percent-encoded UTF-8; the first 200 characters are kept")
    ] = "",
    x_kontor_source: Annotated[
        Literal["http", "cli"], Header(description="`cli`: handed in by `kontor submit`")
    ] = "http",
) -> dict[str, Any]:
    """The file as the body with its own content type, the data alone as JSON, or both as multipart. At most 20 MiB.

    The same bytes again are the same document. Changed bytes under the same external id replace it while it is unshared,
    and are refused afterwards. Ask `status_url` (same key) what became of it.
    """
    edge = edge_of(request)
    headers = {"Content-Type": request.headers.get("content-type", ""), "X-Kontor-Source": x_kontor_source}
    headers |= {"Idempotency-Key": idempotency_key} if idempotency_key else {}
    headers |= {"X-Kontor-File-Name": x_kontor_file_name} if x_kontor_file_name else {}
    answer = await edge.owner("documents").request(
        "POST", "/v1/submissions", token=allowed.token, headers=headers, timeout=_UPLOAD_SECONDS,
        content=request.stream(),
    )  # fmt: skip
    submission = answer.json()["id"]
    return {"id": submission, "status_url": f"{edge.settings.portal_url}/api/ingest/v1/submissions/{submission}"}


class ParkedDocument(BaseModel):
    id: UUID
    type: str
    number: str
    external_id: str
    customer_number: str
    received_at: datetime


class ParkedDocuments(BaseModel):
    """`next` is the following page's `after`, null at the end."""

    parked: list[ParkedDocument]
    next: UUID | None


@router.get("/documents/parked", summary="Documents whose customer is not known yet", response_model=ParkedDocuments)
async def parked_documents(request: Request, allowed: Submitter, paging: Page) -> dict[str, Any]:
    """The oldest first."""
    return await parked(request, allowed, "documents", "/v1/parked-documents", paging)


class Closed(BaseModel):
    id: UUID
    external_id: str
    version: int


@router.get("/submissions/{submission_id}", summary="What became of it", response_model=SubmissionState)
async def submission_state(request: Request, submission_id: UUID, allowed: Submitter) -> dict[str, Any]:
    """`accepted` while it is being read, `processed` with the document, `rejected` with the reason."""
    documents = edge_of(request).owner("documents")
    answer = await documents.request("GET", f"/v1/submissions/{submission_id}", token=allowed.token)
    found: dict[str, Any] = answer.json()
    if found.get("document"):
        # Before the bus has brought it: whoever gets the link opens it at once.
        await edge_of(request).views.apply_result(found["document"])
        found["document"] |= await _portal_url(request, allowed, found["document"])
    return found


async def _portal_url(request: Request, allowed: Permit, document: dict[str, Any]) -> dict[str, str | None]:
    if not document["customer_id"]:
        return {"portal_url": None, "portal_url_reason": "unmatched"}
    if document["state"] != "shared":
        return {"portal_url": None, "portal_url_reason": "not_shared"}
    edge = edge_of(request)
    wanted = {
        "merchant_id": str(allowed.merchant_id), "customer_id": document["customer_id"], "document_id": document["id"],
    }  # fmt: skip
    try:
        token = await edge.source.service("identity", allowed.merchant_id)
        answer = await edge.owner("identity").request("POST", "/v1/document-links", token=token, json=wanted)
    except Problem as problem:
        # Identity says why there is none: portal_off, customer_off, link_revoked.
        reason = problem.code if problem.status == 409 else "unavailable"
        return {"portal_url": None, "portal_url_reason": reason}
    return {"portal_url": answer.json()["url"], "portal_url_reason": None}


@router.post("/documents/{external_id:path}/cancel", summary="Cancel a document (Storno)", response_model=Closed)
async def cancel_document(
    request: Request, external_id: str, allowed: Submitter, body: Reason | None = None
) -> dict[str, Any]:
    """The customer goes on seeing it, as cancelled; nothing is to be paid on it any more."""
    return await _close(request, external_id, allowed, "cancel", body)


@router.post("/documents/{external_id:path}/withdraw", summary="Take a document back", response_model=Closed)
async def withdraw_document(
    request: Request, external_id: str, allowed: Submitter, body: Reason | None = None
) -> dict[str, Any]:
    """It vanishes from the portal."""
    return await _close(request, external_id, allowed, "withdraw", body)


class Extension(BaseModel):
    valid_until: Annotated[date, Field(examples=["2026-12-31"])]


@router.post("/documents/{external_id:path}/extend", summary="Give a quote's customer more time", response_model=Closed)
async def extend_quote(request: Request, external_id: str, allowed: Submitter, body: Extension) -> dict[str, Any]:
    """A quote that has expired is open again."""
    return await _act(request, external_id, allowed, "extend", body.model_dump(mode="json"))


async def _close(request: Request, external_id: str, allowed: Permit, verb: str, body: Reason | None) -> dict[str, Any]:
    return await _act(request, external_id, allowed, verb, {"reason": body.reason if body else ""})


async def _act(request: Request, external_id: str, allowed: Permit, verb: str, body: dict[str, Any]) -> dict[str, Any]:
    edge = edge_of(request)
    path = f"/v1/documents/by-external-id/{quote(external_id, safe='')}/{verb}"
    answer = await edge.owner("documents").request("POST", path, token=allowed.token, json=body)
    await edge.views.apply_result(answer.json())
    return {"id": answer.json()["id"], "external_id": external_id, "version": answer.json()["version"]}
