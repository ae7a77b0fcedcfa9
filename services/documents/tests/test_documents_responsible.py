"""Who answers for a document (B17): taken from the merchant's staff, or as the sender says."""

import pytest
from quotes_to_decide import document_row, quote

from kontor.identity.v1 import identity_pb2
from kontor_service.ids import uuid7


async def staffed(documents, **values):
    await documents.open_shop()
    documents.customer_id = await documents.add_customer()
    told = identity_pb2.StaffMember(
        id=str(uuid7()), merchant_id=str(documents.merchant), epoch=1, version=1, name="Sven Brunner", email="sven@brunner.example",
        phone="+49 821 4711", function="Vertrieb", team="Außendienst", picture_sha256="ab" * 32, active=True,
    )  # fmt: skip
    for name, value in values.items():
        setattr(told, name, value)
    await documents.tell(identity_pb2.StaffMemberAdded(staff_member=told))


async def responsible(documents, said):
    made = await documents.made(quote(responsible=said))
    return (await document_row(documents, made["document"]["id"]))["facts"]["responsible"]


async def test_an_address_of_staff_brings_name_phone_team_and_picture(documents):
    await staffed(documents)

    assert await responsible(documents, "Sven@Brunner.example") == {
        "name": "Sven Brunner", "email": "sven@brunner.example", "phone": "+49 821 4711", "function": "Vertrieb",
        "team": "Außendienst", "picture_sha256": "ab" * 32,
    }  # fmt: skip


async def test_what_the_sender_says_of_a_member_of_staff_counts(documents):
    await staffed(documents)

    said = {"email": "sven@brunner.example", "phone": "+49 821 99"}

    found = await responsible(documents, said)
    assert (found["name"], found["phone"]) == ("Sven Brunner", "+49 821 99")


async def test_somebody_else_is_taken_as_said_and_never_with_a_picture(documents):
    await staffed(documents)

    said = {"name": "Mia Extern", "email": "mia@extern.example", "picture_sha256": "cd" * 32}

    assert await responsible(documents, said) == {
        "name": "Mia Extern", "email": "mia@extern.example", "phone": "", "function": "", "team": "", "picture_sha256": "",
    }  # fmt: skip


@pytest.mark.parametrize("values", [{"email": "ute@brunner.example"}, {"active": False}])
async def test_an_address_of_nobody_who_works_there_is_refused_at_its_field(documents, values):
    await staffed(documents, **values)

    answer = await documents.submit(quote(responsible="sven@brunner.example"))

    found = await documents.status(answer)
    assert (found["status"], found["error"]["code"]) == ("rejected", "responsible_unknown")
    assert found["error"]["field"] == "responsible"
    print(answer.json())
