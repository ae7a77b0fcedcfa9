"""How a PDF is made: what fails holds up no other and is tried again."""

from documents_to_release import invoice
from sqlalchemy import select, text

from kontor_documents.models import Document
from kontor_documents.production import service as production
from kontor_documents.rendering.render import render_async


async def test_a_document_that_cannot_be_rendered_holds_up_no_other(documents, monkeypatch):
    async def render(data, branding, **more):
        if data.number == "AN-1":
            raise RuntimeError("no such font")
        return await render_async(data, branding, **more)

    monkeypatch.setattr(production, "render_async", render)
    await documents.open_shop()
    await documents.add_customer()
    for number in range(3):
        await documents.submit(invoice(type="quote", number=f"AN-{number}", external_id=f"q-{number}"))
    await documents.at_rest()
    async with documents.app.state.db.transaction(documents.merchant) as session:
        states = dict((await session.execute(select(Document.number, Document.state))).all())
        later = "SELECT d.number FROM to_settle t JOIN document d ON d.id = t.document_id WHERE t.try_at > now()"
        noted = (await session.execute(text(later))).scalars().all()
        issues = await session.scalar(select(Document.issues).where(Document.number == "AN-1"))
    assert states == {"AN-0": "shared", "AN-1": "waiting", "AN-2": "shared"}
    assert noted == ["AN-1"]
    assert [(issue["code"], issue["severity"]) for issue in issues] == [("not_made", "blocker")]
    assert "documents.document.held.v1" in await documents.facts()


async def test_what_could_not_be_made_for_a_while_is_made_when_it_can_be(alone, monkeypatch):
    async def render(*given, **more):
        raise RuntimeError("no such font")

    await alone.open_shop()
    await alone.add_customer()
    with monkeypatch.context() as broken:
        broken.setattr(production, "render_async", render)
        status = await alone.made(invoice(type="quote"))
        assert [issue["code"] for issue in status["document"]["issues"]] == ["not_made"]
        assert await stuck(alone) == 1
    await alone.add_customer(number="2")
    await alone.open_shop(version=2)
    again = (await alone.status_of(status["id"]))["document"]
    assert (again["state"], again["issues"]) == ("shared", [])
    assert await stuck(alone) == 0


async def stuck(documents):
    """As Prometheus is told after the next look."""
    async with documents.app.state.db.connection() as connection:
        return await connection.fetchval("SELECT documents_stuck()")


async def test_nothing_is_locked_while_a_pdf_is_made_and_what_was_replaced_meanwhile_is_made_anew(
    documents, monkeypatch
):
    await documents.open_shop(automatic_release=False)
    await documents.add_customer()
    rendered = []

    async def and_it_is_replaced(data, branding, **more):
        rendered.append(data.due_date.isoformat())
        if len(rendered) == 1:
            answer = await documents.submit(invoice(due_date="2026-12-24"))
            assert answer.status_code == 202
        return await render_async(data, branding, **more)

    monkeypatch.setattr(production, "render_async", and_it_is_replaced)
    status = await documents.made(invoice())
    assert rendered == ["2026-11-26", "2026-12-24"]
    assert (status["document"]["due_date"], status["document"]["has_pdf"]) == ("2026-12-24", True)
