"""A small edge that shows every component: what the tests look at."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

from fastapi import FastAPI, Request
from starlette.responses import Response

from kontor_service.errors import Gone, Invalid
from kontor_service.i18n import speak
from kontor_web import (
    Column,
    Form,
    Hub,
    Link,
    PageContext,
    Pages,
    Protect,
    install_error_pages,
    read_form,
    static_app,
    stream,
)
from kontor_web.charts import Chart, day_labels, month_labels, quarter_hours


def create_app() -> FastAPI:
    app = FastAPI()
    app.state.pages = Pages("kontor_gallery", cookie_prefix="__Host-gallery")
    app.state.hub = Hub()
    app.state.paid = False
    app.mount("/static", static_app(app.state.pages.assets))
    install_error_pages(app, app.state.pages, api_prefixes=("/api/",), page_context=page_context)
    app.add_middleware(Protect, exempt=("/webhooks/",), secret_paths=("/l/",))
    _add_pages(app, app.state.pages)
    _add_form_and_answers(app, app.state.pages)
    _add_faults(app)
    return app


def page_context(request: Request) -> PageContext:
    language = request.query_params.get("lang", "de")
    accent = request.query_params.get("accent")
    return PageContext(
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


def _add_pages(app: FastAPI, pages: Pages) -> None:
    @app.get("/")
    def parts(request: Request) -> Response:
        form = Form.of({"name": "Seidel Optik", "language": "de", "portal": True, "day": "2026-11-28"})
        form.error("email", "This is not a valid e-mail address.")
        return pages.render(request, "parts.html", page_context(request), form=form, **_facts())

    @app.get("/document")
    def document(request: Request) -> Response:
        return pages.render(request, "document.html", page_context(request), paid=app.state.paid, **_facts())

    @app.get("/charts")
    def charts(request: Request) -> Response:
        shown = page_context(request)
        speak(shown.language)
        return pages.render(request, "charts.html", shown, charts=kontor_charts())

    @app.get("/l/{token}")
    def link(request: Request, token: str) -> Response:
        return pages.render(request, "link.html", page_context(request), token=token)


def _add_form_and_answers(app: FastAPI, pages: Pages) -> None:
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

    @app.get("/number/{number}")
    def number(number: int) -> int:
        return number

    @app.get("/events")
    def events(request: Request) -> Response:
        return stream(request, app.state.hub, {"all"}, life=5)


def _add_faults(app: FastAPI) -> None:
    @app.get("/api/gone")
    @app.get("/gone")
    def gone() -> None:
        raise Gone()

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("secret detail")


def kontor_charts() -> dict[str, object]:
    """Electricity with last year, estimate and projection; two tariffs; feed-in by days; a day of 25 hours; nothing at all."""
    now = [412_000, 371_500, 344_000, 290_250, 262_000, 240_800, 251_000, 248_300, 270_900, 312_400, 198_700, None]
    then = [430_000, 398_000, 351_000, 301_000, 250_000, 236_000, 229_000, 233_000, 268_000, 320_000, 360_000, 402_000]
    high = [round(value * 0.6) if value else None for value in now]
    low = [value - part if value and part else None for value, part in zip(now, high, strict=True)]
    labels, short = month_labels(), month_labels(short=True)
    quarters = [{"from": "", "value": f"{0.05 + (i % 24) / 40:.3f}"} if i % 17 else None for i in range(100)]
    return {
        "year": Chart(
            "year", labels, [("", now)], unit="kWh", title="Strom 2026", name="2026", before=then, before_name="2025",
            short=short, bases=[("aus Ablesungen", False)] * 9 + [("geschätzt", True)] + [("nichts bekannt", False)] * 2,
            links=["/m/1", *[None] * 11],
            expected=[None] * 10 + [(320_000, 350_000, 380_000), (370_000, 415_000, 460_000)],
        ),
        "tariffs": Chart(
            "tariffs", labels, [("HT", high), ("NT", low)], unit="kWh", title="Strom nach Tarif 2026", name="2026",
            before=then, before_name="2025", short=short,
        ),
        "days": Chart(
            "days", day_labels(2026, 5), [("", [None if d > 27 else 4_000 + d * 731 % 9_000 for d in range(31)])],
            unit="kWh", title="Einspeisung im Mai 2026", name="2026",
        ),
        "quarters": quarter_hours(
            "quarters", quarters, day="2026-10-25", zone="Europe/Berlin", unit="kWh", title="25. Oktober 2026"
        ),
        "nothing": Chart("nothing", labels, [("", [None] * 12)], unit="m3", title="Wasser 2026", name="2026", short=short),
        "water": Chart("water", ["2024", "2025"], [("", [81_234, 1_079_412])], unit="m3", title="Wasser", name="m³"),
    }  # fmt: skip


def _facts() -> dict[str, object]:
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
                number="RE-2026-1042", customer="Seidel Optik", due="2026-11-26", state=("open", "offen"), amount=78719
            ),
            SimpleNamespace(
                number="RE-2026-1038",
                customer="Weinhaus Kögl GmbH & Co. KG, Niederlassung Augsburg-Göggingen",
                due="2026-01-02",
                state=("open", "offen"),
                amount=190410,
            ),
            SimpleNamespace(
                number="RE-2026-1031",
                customer="Praxis Dr. Hahn",
                due="2026-11-02",
                state=("paid", "vollständig bezahlt"),
                amount=3107790,
            ),
            SimpleNamespace(
                number="RE-2026-1030", customer="Stadtbau", due="2026-11-02", state=("way", "unterwegs"), amount=231000
            ),
            SimpleNamespace(
                number="RE-2026-1029",
                customer="Stadtbau",
                due="2027-11-02",
                state=("part", "teilweise bezahlt"),
                amount=12000,
            ),
        ],
        "types": [
            Link("Alle", "/", count=14),
            Link("Angebote", "/", count=2),
            Link("Rechnungen", "/", current=True, count=7),
        ],
        "tabs": [Link("Übersicht", "/", current=True), Link("PDF", "/")],
    }
