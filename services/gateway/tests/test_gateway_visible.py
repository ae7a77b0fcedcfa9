"""Which documents a portal shows: by the state the merchant set (C22), and to whom of a customer (B18)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from kontor.documents.v1 import documents_pb2
from kontor.identity.v1 import identity_pb2
from kontor_gateway.views import SHAPE

RIGHTS = ["account", "documents:accept", "documents:read"]
FILE = "01890000-0000-7000-8000-00000000000f"


async def seen(portal: Any, slug: str, cookie: dict[str, str], document: str) -> dict[str, bool]:
    """By which ways this document is found."""
    pages = {"page": f"/{slug}/dokumente/{document}", "json": f"/api/portal/v1/{slug}/documents/{document}"}
    found = {name: (await portal.page(path, cookie)).status_code == 200 for name, path in pages.items()}
    file = f"/api/portal/v1/{slug}/documents/{document}/files/{FILE}"
    found["file"] = (await portal.page(file, cookie)).status_code == 200
    for name, path in {"list": f"/{slug}/dokumente", "start": f"/{slug}"}.items():
        found[name] = document in (await portal.page(path, cookie)).text
    listed = (await portal.json(f"/api/portal/v1/{slug}/documents", cookie)).json()
    found["counted"] = bool(sum(listed["counts"].values()))
    return found


async def quote(portal: Any, merchant: str, customer: str, **more: Any) -> str:
    files = [documents_pb2.File(id=FILE, name="AN-1.pdf", media_type="application/pdf", role="pdf", size=8)]
    document = await portal.document(merchant, customer, "AN-1", type="quote", files=files, **more)
    portal.owners.answer("GET", f"/v1/documents/{document}/files/{FILE}", b"%PDF-1.7")
    return str(document)


async def test_a_quote_that_shows_once_accepted_is_found_nowhere_before(portal: Any) -> None:
    accepted_only = identity_pb2.DocumentTypeSettings(
        type="quote", visible=True, can_print=True, visible_from="accepted"
    )
    merchant = await portal.merchant("brunner", document_types=[accepted_only])
    customer = await portal.customer(merchant)
    cookie = await portal.login("brunner", merchant, customer)
    document = await quote(portal, merchant, customer)

    assert not any((await seen(portal, "brunner", cookie, document)).values())

    decision = documents_pb2.Decision(name="Anna Seidel", at=datetime(2026, 11, 20, tzinfo=UTC))
    await quote(portal, merchant, customer, id=document, outcome="accepted", decision=decision, version=2)

    assert all((await seen(portal, "brunner", cookie, document)).values())


async def test_what_cannot_be_downloaded_has_no_file_on_any_route(portal: Any) -> None:
    no_print = identity_pb2.DocumentTypeSettings(type="quote", visible=True, can_print=False)
    merchant = await portal.merchant("brunner", document_types=[no_print])
    customer = await portal.customer(merchant)
    cookie = await portal.login("brunner", merchant, customer)
    document = await quote(portal, merchant, customer)

    for path in ("/brunner/dokumente/{}/datei/{}", "/api/portal/v1/brunner/documents/{}/files/{}"):
        assert (await portal.page(path.format(document, FILE), cookie)).status_code == 403
    page = (await portal.page(f"/brunner/dokumente/{document}?view=pdf", cookie)).text
    assert FILE not in page
    assert "data-print" not in page
    told = (await portal.json(f"/api/portal/v1/brunner/documents/{document}", cookie)).json()
    assert told["details"]["files"] == []
    evidence = [documents_pb2.File(id=FILE, name="Annahme.pdf", media_type="application/pdf", role="evidence")]
    decision = documents_pb2.Decision(name="Anna Seidel", revision=1)
    accepted = {"outcome": "accepted", "decision": decision, "files": evidence, "id": document, "version": 2}
    await portal.document(merchant, customer, "AN-1", type="quote", **accepted)
    page = (await portal.page(f"/brunner/dokumente/{document}", cookie)).text
    assert "Angenommen von Anna Seidel" in page
    assert FILE not in page


async def test_of_several_customers_a_person_may_accept_for_those_where_they_may(portal: Any) -> None:
    can_accept = identity_pb2.DocumentTypeSettings(type="quote", visible=True, can_accept=True)
    merchant = await portal.merchant("brunner", document_types=[can_accept])
    first, second = await portal.customer(merchant), await portal.customer(merchant, "Zweite", "K-2")
    rights = ["documents:read", "documents:accept"]
    cookie = await portal.login("brunner", merchant, first, second, accepts=[second], rights=rights)

    may = []
    for customer in (first, second):
        document = await quote(portal, merchant, customer)
        may.append((await portal.json(f"/api/portal/v1/brunner/documents/{document}", cookie)).json()["may"])

    assert [one["accept"] for one in may] == [False, True]


async def test_a_person_who_sees_invoices_only_finds_a_quote_nowhere(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer, second = await portal.customer(merchant), await portal.customer(merchant, "Zweite", "K-2")
    restricted = await portal.login("brunner", merchant, customer, second, sees={customer: ["invoice"]})
    document = await quote(portal, merchant, customer)

    assert not any((await seen(portal, "brunner", restricted, document)).values())
    # Of another customer the same person sees everything, and so does whoever is not restricted.
    theirs = await quote(portal, merchant, second)
    assert all((await seen(portal, "brunner", restricted, theirs)).values())
    anybody = await portal.login("brunner", merchant, customer)
    assert all((await seen(portal, "brunner", anybody, document)).values())


@pytest.mark.parametrize("verb", ["selection", "acceptance", "decline", "extension-request", "new-offer-request"])
async def test_by_json_only_what_is_seen_or_was_withdrawn_reaches_documents(portal: Any, verb: str) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    restricted = await portal.login("brunner", merchant, customer, sees={customer: ["invoice"]}, rights=RIGHTS)
    anybody = await portal.login("brunner", merchant, customer, rights=RIGHTS)

    async def asked(state: str, cookie: dict[str, str]) -> list[str]:
        """What documents was asked."""
        document = await quote(portal, merchant, customer, state=state, shared_at=datetime.now(UTC))
        before = len(portal.owners.asked)
        await portal.client.request(
            "PUT" if verb == "selection" else "POST", f"/api/portal/v1/brunner/documents/{document}/{verb}",
            json={"version": 1, "name": "Anna Seidel", "selection": [], "lines": []}, headers=cookie,
        )  # fmt: skip
        return [
            path for _method, path, *_ in portal.owners.asked[before:] if path == f"/v1/documents/{document}/{verb}"
        ]

    assert [len(await asked(state, restricted)) for state in ("shared", "withdrawn")] == [0, 0]
    assert [len(await asked(state, anybody)) for state in ("shared", "withdrawn", "waiting")] == [1, 1, 0]


@pytest.mark.parametrize("state", ["waiting", "withdrawn"])
async def test_what_waits_or_was_withdrawn_shows_nowhere_whatever_is_set(portal: Any, state: str) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    document = await quote(portal, merchant, customer, state=state)

    found = await seen(portal, "brunner", await portal.login("brunner", merchant, customer), document)

    assert not any(found.values())


def test_no_function_of_the_portal_leaves_out_what_the_merchant_set() -> None:
    assert "= ANY (r.visible_types)" not in SHAPE.functions
