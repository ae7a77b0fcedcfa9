"""Control characters in an address reach no route, and a redirect leads to no other host."""

import httpx
import pytest
from fastapi import FastAPI

from kontor_service.addresses import PlainAddresses

app = FastAPI()
app.add_middleware(PlainAddresses)


@app.get("/customers/{number}")
def customer(number: str, q: str = "") -> dict[str, str]:
    return {"number": number, "q": q}


@app.get("/{anything:path}/end")
def end(anything: str) -> str:
    return anything


async def get(address: str, **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://portal.example") as http:
        return await http.get(address, headers=headers)


async def test_control_characters_in_an_address_stand_for_nothing() -> None:
    answer = await get("/customers/a%00b%1fc%7fd?q=x%00y%0Az")
    assert answer.json() == {"number": "a\ufffdb\ufffdc\ufffdd", "q": "x\ufffdy\nz"}


async def test_other_signs_arrive_as_they_are() -> None:
    answer = await get("/customers/M%C3%BCller%20%F0%9F%94%8C?q=%E2%82%AC%2000")
    assert answer.json() == {"number": "Müller 🔌", "q": "€ 00"}


@pytest.mark.parametrize(
    ("address", "location"),
    [("/customers/7/", "/customers/7"), ("/customers/7/?q=1", "/customers/7?q=1")],
)
async def test_a_slash_too_many_leads_back_to_this_host_whatever_the_request_calls_it(
    address: str, location: str
) -> None:
    answer = await get(address, Host="evil.example")
    assert (answer.status_code, answer.headers["location"]) == (307, location)


async def test_a_host_in_the_path_is_no_host() -> None:
    answer = await get("http://portal.example//evil.example/end/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/evil.example/end")
