"""Who answers for a document (B17): shown beside it, with a picture for whoever may see the document."""

from typing import Any

from kontor.documents.v1 import documents_pb2

SHA = "ab" * 32
SVEN = {"name": "Sven Brunner", "email": "sven@brunner.example", "phone": "+49 821 4711", "function": "Vertrieb",
        "picture_sha256": SHA}  # fmt: skip


async def stage(portal: Any, **who: str) -> tuple[str, dict[str, str]]:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    more = {"responsible": documents_pb2.Responsible(**who)} if who else {}
    document = await portal.document(merchant, customer, **more)
    return document, await portal.login("brunner", merchant, customer)


async def test_the_contact_of_a_document_is_shown_with_picture_phone_and_mail(portal: Any) -> None:
    document, cookie = await stage(portal, **SVEN)
    page = (await portal.page(f"/brunner/dokumente/{document}", cookie)).text
    told = (await portal.json(f"/api/portal/v1/brunner/documents/{document}", cookie)).json()

    assert "Ihr Ansprechpartner" in page
    assert 'href="tel:+498214711"' in page
    assert "mailto:sven@brunner.example" in page
    assert f'src="/brunner/dokumente/{document}/ansprechpartner.jpg"' in page
    assert told["details"]["responsible"]["name"] == "Sven Brunner"


async def test_without_one_the_merchant_is_the_contact(portal: Any) -> None:
    document, cookie = await stage(portal)

    page = (await portal.page(f"/brunner/dokumente/{document}", cookie)).text

    assert "mailto:hallo@brunner.example" in page
    assert "Ihr Ansprechpartner" not in page
    assert (await portal.page(f"/brunner/dokumente/{document}/ansprechpartner.jpg", cookie)).status_code == 404


async def test_the_picture_is_for_those_who_see_the_document(portal: Any) -> None:
    document, cookie = await stage(portal, **SVEN)
    portal.owners.answer("GET", f"/v1/staff-pictures/{SHA}", b"jpeg")
    merchant = await portal.merchant("anders")
    stranger = await portal.login("anders", merchant, await portal.customer(merchant))

    for path in ("/{}/dokumente/{}/ansprechpartner.jpg", "/api/portal/v1/{}/documents/{}/responsible/picture"):
        own = await portal.page(path.format("brunner", document), cookie)
        assert (own.status_code, own.content, own.headers["content-type"]) == (200, b"jpeg", "image/jpeg")
        assert (await portal.page(path.format("anders", document), stranger)).status_code == 404


async def test_a_picture_that_was_removed_since_is_a_silhouette(portal: Any) -> None:
    document, cookie = await stage(portal, **SVEN)

    answer = await portal.page(f"/brunner/dokumente/{document}/ansprechpartner.jpg", cookie)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
