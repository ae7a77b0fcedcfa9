"""No body is read before its sender was let in, and none without a limit."""

from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI, Request, UploadFile
from pydantic import BaseModel

from kontor_service.bodies import MEBIBYTE, LimitedBodies, before_body, takes
from kontor_service.errors import Unauthorized, install_handlers
from kontor_testing.serving import serving

asked: list[str] = []


class Note(BaseModel):
    text: str


@before_body
async def guest(request: Request) -> str:
    asked.append(request.url.path)
    if request.headers.get("authorization") != "Bearer right":
        raise Unauthorized
    return "guest"


Guest = Annotated[str, Depends(guest)]
app = FastAPI()
app.add_middleware(LimitedBodies)
install_handlers(app)


@app.post("/notes")
async def note(note: Note, who: Guest) -> int:
    return len(note.text)


@app.post("/open")
async def anybody(note: Note) -> int:
    return len(note.text)


@app.post("/files")
@takes(3 * MEBIBYTE)
async def file(file: UploadFile, who: Guest) -> int:
    return len(await file.read())


@app.post("/streams")
@takes(lambda settings: 2 * MEBIBYTE)
async def stream(request: Request) -> int:
    return sum([len(piece) async for piece in request.stream()])


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app.state.settings = None
    asked.clear()
    async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=20) as client:
        yield client


RIGHT = {"Authorization": "Bearer right"}


def pieces(mebibytes: int) -> Iterator[bytes]:
    yield b'{"text": "'
    for _ in range(mebibytes):
        yield b"x" * MEBIBYTE
    yield b'"}'


async def slowly(mebibytes: int) -> AsyncIterator[bytes]:
    for piece in pieces(mebibytes):
        yield piece


async def post(client: httpx.AsyncClient, path: str, **options: Any) -> tuple[int, str]:
    """Status and code."""
    headers = {"Content-Type": "application/json"} | options.pop("headers", {})
    answer = await client.post(path, headers=headers, **options)
    body = answer.json()
    assert answer.is_success or answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, body["code"] if isinstance(body, dict) else str(body)


async def test_what_fits_arrives(client: httpx.AsyncClient) -> None:
    assert await post(client, "/notes", json={"text": "abc"}, headers=RIGHT) == (200, "3")
    assert await post(client, "/open", json={"text": "abc"}) == (200, "3")
    assert asked == ["/notes"], "once per request"


@pytest.mark.parametrize("path", ["/notes", "/files"])
async def test_the_key_is_checked_before_the_body_is_read(client: httpx.AsyncClient, path: str) -> None:
    assert await post(client, path, content=b"x" * 20 * MEBIBYTE) == (401, "unauthorized")


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize(("path", "most"), [("/notes", 1), ("/open", 1), ("/streams", 2)])
async def test_a_body_over_the_limit_is_refused_while_it_is_read(
    client: httpx.AsyncClient, path: str, most: int, announced: bool
) -> None:
    content: Any = b"".join(pieces(most)) if announced else slowly(most)
    assert await post(client, path, content=content, headers=RIGHT) == (413, "file_too_large")


async def test_a_route_says_what_it_takes(client: httpx.AsyncClient) -> None:
    content = b"x" * 2 * MEBIBYTE
    answer = await client.post("/files", files={"file": ("a.pdf", content)}, headers=RIGHT)
    assert answer.json() == len(content)
    answer = await client.post("/files", files={"file": ("a.pdf", content * 2)}, headers=RIGHT)
    assert (answer.status_code, answer.json()["megabytes"]) == (413, 3)
