"""A small edge that shows every component: what the tests look at."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

from fastapi import FastAPI, Request
from starlette.responses import Response

from kontor_service.errors import Gone, Invalid
from kontor_web import Column, Form, Hub, Link, Look, Pages, install_error_pages, protect, read_form, static_app, stream


def create_app() -> FastAPI:
    app = FastAPI()
    pages = app.state.pages = Pages("kontor_gallery", cookie_prefix="__Host-gallery")
    hub = app.state.hub = Hub()
    app.state.paid = False
    app.mount("/static", static_app(pages.assets))

    def look(request: Request) -> Look:
        language = request.query_params.get("lang", "de")
        accent = request.query_params.get("accent")
        return Look(
            language=language,
            brand="Brunner Haustechnik",
            accent=f"#{accent}" if accent else None,
            me="Anna Seidel · Seidel Optik",
            me_url="/me",
            nav=(
                Link("Übersicht", "/"),
                Link("Dokumente", "/document", current=True, count=3),
                Link("Zahlungen", "/x"),
            ),
            footer=(Link("Impressum", "/i"), Link("Datenschutz", "/d")),
            live="/events",
        )

    install_error_pages(app, pages, api_prefixes=("/api/",), look=look)
    protect(app, exempt=("/webhooks/",), secret_paths=("/l/",))

    @app.get("/")
    def parts(request: Request) -> Response:
        form = Form.of({"name": "Seidel Optik", "language": "de", "portal": True})
        form.error("email", "This is not an e-mail address.")
        return pages.render(request, "parts.html", look(request), form=form, **_facts())

    @app.get("/document")
    def document(request: Request) -> Response:
        return pages.render(request, "document.html", look(request), paid=app.state.paid, **_facts())

    @app.post("/form")
    async def form(request: Request) -> Response:
        sent = await read_form(request)
        amount = sent.money("amount", "EUR", required=True)
        if not sent.ok:
            raise Invalid(next(iter(sent.errors.values())), field="amount")
        return pages.redirect("/", good=f"{amount}")

    @app.post("/webhooks/x")
    def webhook() -> dict[str, bool]:
        return {"taken": True}

    @app.get("/api/gone")
    @app.get("/gone")
    def gone() -> None:
        raise Gone()

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("secret detail")

    @app.get("/l/{token}")
    def link(request: Request, token: str) -> Response:
        return pages.render(request, "link.html", look(request), token=token)

    @app.get("/number/{number}")
    def number(number: int) -> int:
        return number

    @app.get("/events")
    def events(request: Request) -> Response:
        return stream(request, hub, {"all"}, life=5)

    return app


def _facts() -> dict[str, object]:
    now = datetime(2026, 11, 13, 8, 30, tzinfo=UTC)
    return {
        "now": datetime.now(UTC) - timedelta(minutes=4),
        "day": date(2026, 11, 12),
        "columns": [
            Column("number", "Dokument", True),
            Column("customer", "Kunde"),
            Column("due", "Fällig", True),
            Column("state", "Stand"),
            Column("amount", "Betrag", True, num=True),
        ],
        "rows": [
            SimpleNamespace(
                number="RE-2026-1042", customer="Seidel Optik", due="2026-11-26", state="open", amount=78719
            ),
            SimpleNamespace(
                number="RE-2026-1038",
                customer="Weinhaus Kögl GmbH & Co. KG, Niederlassung Augsburg-Göggingen",
                due="2026-01-02",
                state="open",
                amount=190410,
            ),
            SimpleNamespace(
                number="RE-2026-1031", customer="Praxis Dr. Hahn", due="2026-11-02", state="paid", amount=3107790
            ),
            SimpleNamespace(
                number="RE-2026-1030", customer="Stadtbau", due="2026-11-02", state="on_its_way", amount=231000
            ),
            SimpleNamespace(
                number="RE-2026-1029", customer="Stadtbau", due="2027-11-02", state="partly_paid", amount=12000
            ),
        ],
        "story": [
            SimpleNamespace(title="Rechnung gestellt", at=now - timedelta(days=1), kind="good"),
            SimpleNamespace(
                title="M. Brunner schreibt:",
                text="Die alte Pumpe haben wir fachgerecht entsorgt.",
                at=now,
                sub="per Portal",
            ),
        ],
        "files": [SimpleNamespace(url="/f", name="Allgemeine Geschäftsbedingungen", size=84_000, kind="PDF")],
        "types": [
            Link("Alle", "/", count=14),
            Link("Angebote", "/", count=2),
            Link("Rechnungen", "/", current=True, count=7),
        ],
        "tabs": [Link("Übersicht", "/", current=True), Link("PDF", "/")],
    }
