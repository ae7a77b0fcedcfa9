"""Two edges in one process."""

import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from kontor_testing.serving import serving
from kontor_web import Look, Pages, i18n, protect

_PAGE = '{% extends "kontor/plain.html" %}{% block title %}{% endblock %}{% block main %}<p>{{ _("Enter it") }}</p>{% endblock %}'


def package(folder: Path, name: str, german: str) -> None:
    words, templates = folder / name / "locale/de/LC_MESSAGES", folder / name / "templates"
    words.mkdir(parents=True)
    templates.mkdir()
    (folder / name / "__init__.py").touch()
    (templates / "page.html").write_text(_PAGE)
    (words / "messages.po").write_text(f'msgid "Enter it"\nmsgstr "{german}"\n', encoding="utf-8")


def edge(name: str) -> FastAPI:
    app = FastAPI()
    pages = app.state.pages = Pages(name, cookie_prefix="__Host-x")
    protect(app)
    app.add_route("/", lambda request: pages.render(request, "page.html", Look()))
    return app


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(tmp_path))
    # These two are gone after the test, and so are their words.
    monkeypatch.setattr(i18n, "_packages", ["kontor_web"])
    package(tmp_path, "edge_of_customers", "melden")
    package(tmp_path, "edge_of_staff", "eingeben")
    yield
    for name in ("edge_of_customers", "edge_of_staff"):
        sys.modules.pop(name, None)
    i18n._merged.cache_clear()


@pytest.mark.usefixtures("two")
async def test_each_edge_says_the_same_message_in_its_own_words() -> None:
    async with (
        serving(edge("edge_of_customers")) as customers,
        serving(edge("edge_of_staff")) as staff,
        httpx.AsyncClient() as client,
    ):
        for _again in range(2):
            assert "<p>melden</p>" in (await client.get(customers)).text
            assert "<p>eingeben</p>" in (await client.get(staff)).text
