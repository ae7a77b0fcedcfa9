"""`kontor submit FILE…` as an operator types it."""

import json
import subprocess
import sys

import pytest

from kontor_testing.waiting import until

from .people import fresh

EDGES = ("gateway", "admin")
pytestmark = pytest.mark.parametrize("platform", ["postgres"], indirect=True)


@pytest.fixture
def kontor(platform):
    def run(*words, key=None):
        environment = platform.environment | {
            "KONTOR_URL": platform.run["gateway"], "KONTOR_API_KEY": key or platform.run["api_key"],
        }  # fmt: skip
        command = [sys.executable, "-c", "from kontor_standalone.cli import main; main()", *map(str, words)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=90)

    return run


@pytest.fixture
def invoice_file(erp, tmp_path):
    def write(**said):
        data = erp.invoice_data(erp.customer()["number"], **said)
        file = tmp_path / f"{data['number']}.json"
        file.write_text(json.dumps(data))
        return file

    return write


def test_each_file_is_answered_with_its_number_and_link(kontor, invoice_file, platform):
    files = [invoice_file(), invoice_file()]
    done = kontor("submit", *files)
    assert done.returncode == 0, done.stderr
    for file, line in zip(files, done.stdout.splitlines(), strict=True):
        assert line.startswith(f"{file}: {file.stem} {platform.run['gateway']}/l/")


def test_one_refused_file_is_named_and_the_others_go_in(kontor, invoice_file, tmp_path):
    broken = tmp_path / "kaputt.xml"
    broken.write_text("<Invoice><ID>1</ID>")
    good = invoice_file()
    done = kontor("submit", broken, good)
    assert done.returncode == 1
    assert str(broken) in done.stderr
    assert "xml_broken" in done.stderr
    assert str(good) in done.stdout


def test_wrong_totals_name_the_field(kontor, invoice_file):
    done = kontor("submit", invoice_file(totals={"gross": "1.00"}))
    assert done.returncode == 1
    assert "totals" in done.stderr


def test_a_wrong_key_is_said(kontor, invoice_file):
    done = kontor("submit", invoice_file(), key="kontor_falsch")
    assert done.returncode == 1
    assert "api_key" in done.stderr or "key" in done.stderr.lower()


def test_data_beside_belongs_to_one_file(kontor, invoice_file):
    one, two, beside = invoice_file(), invoice_file(), invoice_file()
    done = kontor("submit", "--data", beside, one, two)
    assert done.returncode == 2
    assert "--data belongs to one file" in done.stderr


def test_without_waiting_it_says_what_was_accepted(kontor, invoice_file):
    done = kontor("submit", "--no-wait", invoice_file(number=fresh("NW")))
    assert done.returncode == 0
    assert "accepted as" in done.stdout


def test_documents_from_before_a_field_get_it_and_so_do_the_edges_copies(kontor, invoice_file, platform):
    number = fresh("RP")
    assert kontor("submit", invoice_file(number=number, due_date="2031-02-03")).returncode == 0
    [[document]] = platform.rows("documents", "SELECT id FROM document WHERE number = $1", number)
    # As if it had come in before due dates were derived, with copies built from that.
    emptied = "UPDATE document SET due_date = NULL, facts = '{}' WHERE id = $1 RETURNING version"
    [[version]] = platform.rows("documents", emptied, document)

    def copies():
        found = [platform.rows(edge, "SELECT t::text FROM live.document t WHERE id = $1", document) for edge in EDGES]
        return ["2031-02-03" in row[0] for [row] in found]

    for edge in EDGES:
        assert kontor("--home", platform.home, "rebuild-views", edge).returncode == 0
    assert copies() == [False, False]
    done = kontor("--home", platform.home, "reproject", "documents")
    assert done.returncode == 0, done.stderr
    assert "1 changed" in done.stdout.splitlines()[-1]
    until(lambda: copies() == [True, True])
    assert platform.rows("documents", "SELECT version FROM document WHERE id = $1", document) == [(version + 1,)]


def test_a_merchant_is_registered_and_its_owner_chooses_a_password(platform, kontor, page):
    slug = fresh("huber").lower()
    owner = f"{slug}@merchant.example"
    words = ("--name", "Gartenbau Huber", "--slug", slug, "--owner-name", "Hanna Huber", "--owner-email", owner)
    done = kontor("--home", platform.home, "merchant", "register", *words)
    assert done.returncode == 0, done.stderr
    assert f"Portal {platform.run['gateway']}/{slug}, admin {platform.run['admin']}" in done.stderr
    link = next(link for link in platform.mail_to(owner, "Passwort")["links"] if "/passwort/" in link)
    page.goto(link)
    page.get_by_label("Neues Passwort", exact=True).fill("Kupfer Regen Fahrrad 7")
    page.get_by_label("Neues Passwort wiederholen").fill("Kupfer Regen Fahrrad 7")
    page.get_by_role("button", name="Passwort speichern").click()
    page.wait_for_url(f"{platform.run['admin']}/")
    assert "Gartenbau Huber" in page.content()
    again = kontor("--home", platform.home, "merchant", "register", *words)
    assert again.returncode == 1
    assert "This address is taken." in again.stderr
