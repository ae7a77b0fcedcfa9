"""The page of a quote without scripts: choosing, accepting, declining, and what is said where that is no longer possible."""

import re
from typing import Any

import pytest
import pytest_asyncio
from gateway_quotes import RIGHTS, quote, selection, vat

from kontor.documents.v1 import documents_pb2
from kontor.identity.v1 import identity_pb2

WAVE = "[[[10,60],[40,20],[80,90],[120,30],[160,80]],[[30,100],[150,102]]]"
BLANK = {"signature-kind": "drawn", "strokes": "[]", "signature-text": ""}
TOTAL = 1768388


@pytest_asyncio.fixture(loop_scope="module")
async def asked(portal: Any) -> dict[str, Any]:
    """A consumer and the quote that they can accept."""
    merchant = await portal.merchant(
        "brunner", name="Brunner Haustechnik", decline_reasons=["Zu teuer", "Kommt später"]
    )
    customer = await portal.customer(merchant, "Anna Seidel")
    id = await quote(portal, merchant, customer)
    cookie = await portal.login("brunner", merchant, customer, rights=RIGHTS)
    return {"merchant": merchant, "customer": customer, "id": id, "cookie": cookie, "here": f"/brunner/dokumente/{id}"}


def answers(portal: Any, asked: dict[str, Any], verb: str, method: str = "POST", status: int = 200, **more: Any) -> str:
    path = f"/v1/documents/{asked['id']}/{verb}"
    portal.owners.answer(method, path, more, status)
    return path


async def becomes(portal: Any, asked: dict[str, Any], **changes: Any) -> None:
    await quote(portal, asked["merchant"], asked["customer"], **({"id": asked["id"], "version": 2} | changes))


def decided(state: str = "accepted", asked_minor: int = 0) -> dict[str, Any]:
    return {"state": state, "revision": 1, "asked_minor": asked_minor, "order_confirmation_id": None}


def form(**changes: str) -> dict[str, str]:
    """As the page sends it when nothing is changed: what the quote proposes."""
    known = {"version": "1", "total": str(TOTAL), "alternative-0": "2", "pick-4": "on", "quantity-5": "4",
             "name": "Anna Seidel", "signature-text": "Anna Seidel", "consent": "agb-3"}  # fmt: skip
    return {name: value for name, value in (known | changes).items() if value}


async def test_the_page_shows_lines_choices_totals_and_what_a_consumer_must_read(
    portal: Any, asked: dict[str, Any]
) -> None:
    page = (await portal.page(asked["here"], asked["cookie"])).text
    shown = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", page)).replace("\xa0", " ")
    for text in (
        "Wärmepumpe Luft/Wasser, 12 kW", "16 Stunden", "Farbe des Außengeräts – bitte wählen Sie eine Ausführung:",
        "Summe Zubehör 1.190,00 €", "Frühbucherrabatt", "-459,60 €", "Gesamtbetrag 17.683,88 €", "gültig bis 31. Dezember 2999",
    ):  # fmt: skip
        assert text in shown, text
    above, _, below = shown.partition("Ihre Bestellung")
    assert "Unterschrift" in above
    assert re.search("1 Stück Pufferspeicher 300 l Gesamtpreis 17.683,88 € einschließlich aller Steuern", below)
    assert below.index("Gesamtpreis") < below.index("Zahlungspflichtig bestellen")
    assert "Heizkörperthermostat" not in below.partition("Zahlungspflichtig bestellen")[0]


async def test_a_firm_gives_a_function_and_accepts_bindingly(portal: Any, asked: dict[str, Any]) -> None:
    state = identity_pb2.Customer(
        id=asked["customer"], merchant_id=asked["merchant"], epoch=1, version=2, name="Seidel GmbH", number="K-1", portal_access="on",
        kind="business",
    )  # fmt: skip
    await portal.say(identity_pb2.CustomerSnapshot(customer=state))
    page = (await portal.page(asked["here"], asked["cookie"])).text
    assert "Angebot verbindlich annehmen" in page
    assert "Ihre Funktion im Unternehmen" in page
    assert "Zahlungspflichtig bestellen" not in page


async def test_the_choice_is_saved_and_what_was_typed_stays(portal: Any, asked: dict[str, Any]) -> None:
    path = answers(portal, asked, "selection", "PUT", selection={})
    await becomes(portal, asked, selection=selection(thermostats="6", net=1526198))
    page = await portal.post(
        f"{asked['here']}/auswahl", asked["cookie"], **form(**{"pick-5": "on", "quantity-5": "6,0", "name": "A. S."})
    )
    assert page.status_code == 200
    assert 'value="A. S."' in page.text
    assert "18.161,76\xa0€" in page.text
    assert portal.owners.asked_of(path) == []


async def test_each_tax_rate_has_a_sum_that_follows_the_choice(portal: Any, asked: dict[str, Any]) -> None:
    await becomes(portal, asked, selection=selection(taxes=[vat("19", 1300000, 247000), vat("7", 186040, 13023)]))
    page = (await portal.page(asked["here"], asked["cookie"])).text.replace("\xa0", " ")
    sums = page.partition("<tfoot")[2].partition("</tfoot>")[0]
    wanted = ("19 % Umsatzsteuer auf 13.000,00 €", "2.470,00 €", "7 % Umsatzsteuer auf 1.860,40 €", "130,23 €")
    assert [said for said in wanted if said not in sums] == []
    above_the_button = page.partition('class="binding"')[2].partition("</dl>")[0]
    assert [said for said in wanted if said not in above_the_button] == []
    answers(portal, asked, "selection", "PUT", selection={})
    await becomes(portal, asked, version=3, selection=selection(without=("5",), taxes=[vat("19", 1370610, 260416)]))
    page = (await portal.post(f"{asked['here']}/auswahl", asked["cookie"], **form(**{"pick-4": ""}))).text
    sums = page.replace("\xa0", " ").partition("<tfoot")[2].partition("</tfoot>")[0]
    assert "19 % Umsatzsteuer auf 13.706,10 €" in sums
    assert "7 % Umsatzsteuer" not in sums


async def test_another_choice_is_sent_to_its_owner_line_by_line(portal: Any, asked: dict[str, Any]) -> None:
    path = answers(portal, asked, "selection", "PUT", selection={})
    await portal.post(
        f"{asked['here']}/auswahl",
        asked["cookie"],
        **form(**{"alternative-0": "3", "pick-4": "", "pick-5": "on", "quantity-5": "2,5"}),
    )
    assert portal.owners.asked_of(path) == [{"lines": [
        {"id": "3", "selected": False, "quantity": None}, {"id": "4", "selected": True, "quantity": None},
        {"id": "5", "selected": False, "quantity": None}, {"id": "6", "selected": True, "quantity": "2.5"},
        {"id": "7", "selected": False, "quantity": None},
    ]}]  # fmt: skip


async def test_a_quantity_out_of_its_bounds_is_refused_at_its_field(portal: Any, asked: dict[str, Any]) -> None:
    finding = {
        "field": "lines[3].quantity",
        "code": "quantity_out_of_range",
        "message": "Wählbar sind 1 bis 12.",
        "params": {},
    }
    answers(portal, asked, "selection", "PUT", 422, code="invalid_selection", detail="x", errors=[finding])
    page = await portal.post(f"{asked['here']}/auswahl", asked["cookie"], **form(**{"quantity-5": "99"}))
    assert page.status_code == 422
    assert 'id="quantity-5-error">Wählbar sind 1 bis 12.' in page.text
    assert 'value="99"' in page.text


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"name": ""}, "name", "Bitte füllen Sie dieses Feld aus."),
        ({"signature-text": ""}, "signature-text", "Bitte geben Sie als Unterschrift Ihren vollen Namen ein."),
        (BLANK, "signature", "Bitte unterschreiben Sie im Feld, oder geben Sie stattdessen Ihren vollen Namen"),
        (BLANK | {"strokes": "no list"}, "signature", "Bitte unterschreiben Sie im Feld, oder geben Sie"),
        ({"quantity-5": "viele"}, "quantity-5", "Bitte geben Sie eine Zahl ein"),
    ],
)
async def test_what_is_missing_is_said_at_its_field_and_nothing_is_accepted(
    portal: Any, asked: dict[str, Any], changes: dict[str, str], field: str, sentence: str
) -> None:
    path = answers(portal, asked, "acceptance", **decided())
    page = await portal.post(f"{asked['here']}/annehmen", asked["cookie"], **form(**changes))
    assert page.status_code == 422
    assert f'id="{field}-error">{sentence}' in page.text
    assert portal.owners.asked_of(path) == []


async def test_accepting_sends_what_was_on_screen_and_says_thanks(portal: Any, asked: dict[str, Any]) -> None:
    path = answers(portal, asked, "acceptance", **decided())
    sent = form(**{"signature-kind": "drawn", "strokes": WAVE, "signature-text": ""})
    answer = await portal.post(f"{asked['here']}/annehmen", asked["cookie"], **sent)
    assert answer.headers["location"] == asked["here"]
    (body,) = portal.owners.asked_of(path)
    assert (body["version"], body["name"], body["signature"]["kind"]) == (1, "Anna Seidel", "drawn")
    assert body["selection"]["lines"][0] == {"id": "3", "selected": True, "quantity": None}
    assert body["shown"][-1]["title"] == "Zahlungspflichtig bestellen"
    assert "Gesamtpreis: 17.683,88" in body["shown"][-1]["text"]
    assert body["request"]["ip"]
    assert body["request"]["language"] == "de"


async def test_nobody_accepts_a_total_that_was_not_on_screen(portal: Any, asked: dict[str, Any]) -> None:
    accepted = answers(portal, asked, "acceptance", **decided())
    page = await portal.post(f"{asked['here']}/annehmen", asked["cookie"], **form(total="100"))
    assert page.status_code == 409
    assert "beträgt der Gesamtbetrag jetzt 17.683,88" in page.text
    assert portal.owners.asked_of(accepted) == []


async def test_an_older_page_is_shown_what_is_new_before_it_can_accept(portal: Any, asked: dict[str, Any]) -> None:
    await becomes(portal, asked, revision=2)
    accepted = answers(portal, asked, "acceptance", **decided())
    page = await portal.post(f"{asked['here']}/annehmen", asked["cookie"], **form(name="Anna Seidel-Groß"))
    assert page.status_code == 409
    assert "Das Angebot wurde geändert" in page.text
    assert 'name="version" value="2"' in page.text
    assert "Anna Seidel-Groß" in page.text
    assert portal.owners.asked_of(accepted) == []


async def test_after_a_drawing_that_was_refused_the_name_can_be_typed_without_scripts(
    portal: Any, asked: dict[str, Any]
) -> None:
    refused = {
        "field": "signature.strokes",
        "code": "signature_invalid",
        "message": "Das ist keine Unterschrift.",
        "params": {},
    }
    path = answers(portal, asked, "acceptance", status=422, code="signature_invalid", detail="x", errors=[refused])
    drawn = BLANK | {"strokes": "[[[1,1],[2,2]]]"}
    page = (await portal.post(f"{asked['here']}/annehmen", asked["cookie"], **form(**drawn))).text
    assert page.index("Das ist keine Unterschrift.") < page.index('id="signature-text"')
    answers(portal, asked, "acceptance", **decided())
    # As the page sends it then: the hidden fields say what was drawn, still.
    sent = form(**drawn | {"signature-text": "Anna Seidel"})
    answer = await portal.post(f"{asked['here']}/annehmen", asked["cookie"], **sent)
    assert answer.status_code == 303
    assert portal.owners.asked_of(path)[-1]["signature"] == {"kind": "typed", "text": "Anna Seidel"}


@pytest.mark.parametrize("code", ["already_decided", "quote_expired", "withdrawn"])
async def test_what_the_owner_refuses_is_a_sentence(portal: Any, asked: dict[str, Any], code: str) -> None:
    answers(portal, asked, "acceptance", status=409, code=code, detail="Ein Satz dazu.", title="x")
    answer = await portal.post(f"{asked['here']}/annehmen", asked["cookie"], **form())
    assert answer.headers["location"] == asked["here"]
    assert "gateway-flash" in answer.headers["set-cookie"]


async def test_the_same_form_twice_is_answered_alike(portal: Any, asked: dict[str, Any]) -> None:
    decision = documents_pb2.Decision(name="Anna Seidel", revision=1)
    await becomes(portal, asked, outcome="accepted", decision=decision)
    answer = await portal.post(f"{asked['here']}/annehmen", asked["cookie"], **form())
    flash = answer.headers["set-cookie"]
    assert answer.headers["location"] == asked["here"]
    other = await portal.post(f"{asked['here']}/annehmen", asked["cookie"], **form(name="Bernd Groß"))
    assert other.headers["set-cookie"] != flash


async def test_where_money_is_asked_for_the_way_leads_on_to_paying(portal: Any, asked: dict[str, Any]) -> None:
    chosen = selection(asked_minor=530516)
    await becomes(portal, asked, acceptance=["signature", "deposit"], deposit_percent="30", selection=chosen)
    page = (await portal.page(asked["here"], asked["cookie"])).text
    assert "5.305,16\xa0€ (Anzahlung von 30\xa0%)" in page
    answers(portal, asked, "acceptance", **decided("promised", 530516))
    await portal.owed(asked["merchant"], asked["customer"], asked["id"], due_minor=530516, open_minor=530516)
    answer = await portal.post(f"{asked['here']}/annehmen", asked["cookie"], **form())
    assert answer.headers["location"] == f"{asked['here']}/bezahlen"


async def test_an_accepted_quote_says_by_whom_and_leads_to_its_papers(portal: Any, asked: dict[str, Any]) -> None:
    confirmation = await portal.document(
        asked["merchant"], asked["customer"], "AB-7", type="order_confirmation", thread_id="t"
    )
    decision = documents_pb2.Decision(
        name="Anna Seidel", function="Inhaberin", revision=1, order_confirmation_id=confirmation,
    )  # fmt: skip
    decision.at.FromJsonString("2026-11-28T09:24:17Z")
    files = [documents_pb2.File(id=asked["id"], name="nachweis.pdf", media_type="application/pdf", role="evidence")]
    chosen = selection(without=("5",), net=1370610)
    await becomes(portal, asked, outcome="accepted", decision=decision, selection=chosen, files=files, thread_id="t")
    page = (await portal.page(asked["here"], asked["cookie"])).text
    assert "Angenommen von Anna Seidel (Inhaberin) am" in page
    assert f"/brunner/dokumente/{confirmation}" in page
    assert f"{asked['here']}/datei/{asked['id']}" in page
    assert "16.310,26\xa0€" in page
    assert "/annehmen" not in page


async def test_declining_takes_one_of_the_merchants_reasons_and_own_words(portal: Any, asked: dict[str, Any]) -> None:
    path = answers(portal, asked, "decline", **decided("declined"))
    wrong = await portal.post(f"{asked['here']}/ablehnen", asked["cookie"], reason="Erfunden")
    assert wrong.status_code == 422
    answer = await portal.post(
        f"{asked['here']}/ablehnen", asked["cookie"], reason="Zu teuer", **{"decline-text": "Leider."}
    )
    assert answer.headers["location"] == asked["here"]
    (body,) = portal.owners.asked_of(path)
    assert (body["reason"], body["text"], body["version"]) == ("Zu teuer", "Leider.", 1)


async def test_an_expired_quote_can_be_asked_to_last_longer(portal: Any, asked: dict[str, Any]) -> None:
    await becomes(portal, asked, valid_until="2020-02-29")
    page = (await portal.page(asked["here"], asked["cookie"])).text
    assert "Dieses Angebot war bis 29. Februar 2020 gültig" in page
    assert "Zahlungspflichtig bestellen" not in page
    path = answers(portal, asked, "extension-request", id=asked["id"])
    await portal.post(f"{asked['here']}/verlaengerung", asked["cookie"], **{"extension-text": "Bis Freitag"})
    assert portal.owners.asked_of(path) == [{"text": "Bis Freitag"}]
    refused = await portal.post(f"{asked['here']}/annehmen", asked["cookie"], **form())
    assert refused.headers["location"] == asked["here"]


async def test_another_quote_is_asked_for_without_scripts(portal: Any, asked: dict[str, Any]) -> None:
    await becomes(portal, asked, outcome="declined", decision=documents_pb2.Decision(name="Anna Seidel"))
    page = (await portal.page(asked["here"], asked["cookie"])).text
    assert f'action="{asked["here"]}/neues-angebot"' in page
    path = answers(portal, asked, "new-offer-request", id=asked["id"])
    answer = await portal.post(f"{asked['here']}/neues-angebot", asked["cookie"], **{"offer-text": "Ohne Montage"})
    assert portal.owners.asked_of(path) == [{"text": "Ohne Montage"}]
    assert answer.headers["location"] == asked["here"]
    assert "gateway-flash" in answer.headers["set-cookie"]
    long = await portal.post(f"{asked['here']}/neues-angebot", asked["cookie"], **{"offer-text": "x" * 2_001})
    assert (long.status_code, 'id="offer-text-error"' in long.text) == (422, True)


@pytest.mark.parametrize(
    ("kind", "said", "offered", "gone"),
    [
        ("extension", "Verlängerung angefragt am 28. November", "/neues-angebot", "/verlaengerung"),
        ("new_offer", "Neues Angebot angefragt am 28. November", "/verlaengerung", "/neues-angebot"),
    ],
)
async def test_what_was_asked_for_is_said_and_not_offered_again(
    portal: Any, asked: dict[str, Any], kind: str, said: str, offered: str, gone: str
) -> None:
    """Also before the job has told that the quote ran out."""
    await becomes(portal, asked, valid_until="2020-02-29")
    page = (await portal.page(asked["here"], asked["cookie"])).text
    assert f"{asked['here']}{gone}" in page
    request = documents_pb2.CustomerRequest(kind=kind, text="Bitte", actor="Anna Seidel")
    request.at.FromJsonString("2026-11-28T09:24:17Z")
    await becomes(portal, asked, valid_until="2020-02-29", request=request, version=3)
    page = (await portal.page(asked["here"], asked["cookie"])).text
    assert said in page
    assert f"{asked['here']}{offered}" in page
    assert f"{asked['here']}{gone}" not in page


async def test_a_promise_waits_for_payment_in_the_customers_words(portal: Any, asked: dict[str, Any]) -> None:
    decision = documents_pb2.Decision(name="Anna Seidel", revision=1)
    await becomes(portal, asked, outcome="promised", decision=decision)
    for path in (asked["here"], "/brunner/dokumente"):
        page = (await portal.page(path, asked["cookie"])).text
        assert re.search(r'class="state way">\s*wartet auf Zahlung', page), path


async def test_a_payment_that_fails_after_the_acceptance_can_be_made_again(portal: Any, asked: dict[str, Any]) -> None:
    await becomes(portal, asked, outcome="accepted", decision=documents_pb2.Decision(name="Anna Seidel", revision=1))
    await portal.owed(
        asked["merchant"], asked["customer"], asked["id"], due_minor=2380, open_minor=2380, last_failure="insufficient_funds"
    )  # fmt: skip
    page = (await portal.page(asked["here"], asked["cookie"])).text.replace("\xa0", " ")
    assert "Ihr Auftrag steht, aber Ihre Zahlung ist fehlgeschlagen" in page
    assert "23,80 € sind noch zu zahlen" in page
    assert f"{asked['here']}/bezahlen" in page
    assert "wartet auf Zahlung" in (await portal.page("/brunner/dokumente", asked["cookie"])).text
    paying = await portal.page(f"{asked['here']}/bezahlen", asked["cookie"])
    assert paying.status_code == 200


async def test_who_may_not_accept_sees_the_quote_and_why(portal: Any, asked: dict[str, Any]) -> None:
    cookie = await portal.login("brunner", asked["merchant"], asked["customer"], rights=["documents:read"])
    page = (await portal.page(asked["here"], cookie)).text
    assert "ansehen, aber nicht darüber entscheiden" in page
    assert "annehmen" not in page.partition("Mit Ihrem Zugang")[2].partition("</p>")[2].partition("<footer")[0]


async def test_the_start_page_leads_to_a_quote_that_waits_for_a_decision(portal: Any, asked: dict[str, Any]) -> None:
    page = (await portal.page("/brunner", asked["cookie"])).text
    assert "Ein Angebot wartet auf eine Entscheidung" in page
    assert f'href="/brunner/dokumente/{asked["id"]}">Angebot ansehen' in page
    await becomes(portal, asked, outcome="declined", version=3)
    page = (await portal.page("/brunner", asked["cookie"])).text
    assert "wartet auf eine Entscheidung" not in page
    assert "Zurzeit ist nichts zu bezahlen." in page


async def test_a_withdrawn_quote_is_a_sentence_for_whoever_still_has_its_page(
    portal: Any, asked: dict[str, Any]
) -> None:
    await becomes(portal, asked, state="withdrawn")
    page = await portal.post(f"{asked['here']}/annehmen", asked["cookie"], **form())
    assert page.status_code == 404
    assert "Möglicherweise wurde es zurückgezogen" in page.text


async def test_staff_preview_a_draft_with_the_form_that_its_customer_will_have(
    portal: Any, asked: dict[str, Any]
) -> None:
    await becomes(portal, asked, state="waiting")
    assert (await portal.page(asked["here"], asked["cookie"])).status_code == 404
    session = {"kind": "preview", "draft_id": asked["id"], "rights": RIGHTS}
    cookie = await portal.login("brunner", asked["merchant"], asked["customer"], **session)
    assert "Zahlungspflichtig bestellen" in (await portal.page(asked["here"], cookie)).text
