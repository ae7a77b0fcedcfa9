"""The PDF as an archive and a machine read it: PDF/A-3b, PDF/UA-1, Factur-X."""

import asyncio
import io
import subprocess
import sys
from datetime import date
from decimal import Decimal

import facturx
import pikepdf
import pytest
from lxml import etree
from PIL import Image
from pypdf import PdfReader

from kontor_documents.content.model import (
    Address,
    BankAccount,
    DocumentData,
    Line,
    Party,
    PaymentMeans,
)
from kontor_documents.einvoice.codelists import XRECHNUNG, ZUGFERD_EN16931
from kontor_documents.einvoice.totals import complete
from kontor_documents.einvoice.write import write_cii
from kontor_documents.rendering import Branding, EmbeddedFile, RenderingError, render, render_async

ADDRESS = Address(line1="Lindenallee 7", post_code="50968", city="Köln")
PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
PDFUA = "{http://www.aiim.org/pdfua/ns/id/}"
FX = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"


def invoice(number="RE-1"):
    line = Line(name="Wartung", quantity=1, unit="LS", net_price="189.00", tax_rate=19)
    return complete(
        DocumentData(
            number=number,
            issue_date=date(2026, 11, 12),
            due_date=date(2026, 11, 26),
            seller=Party(name="Brunner GmbH", vat_id="DE123456789", address=ADDRESS),
            buyer=Party(name="Seidel Optik", address=ADDRESS),
            buyer_reference="04011000-12345-34",
            lines=[line],
            payment_means=[PaymentMeans(code="58", account=BankAccount(iban="DE89370400440532013000"))],
        )
    )


def branding():
    target = io.BytesIO()
    Image.new("RGBA", (300, 120), "#0b5d4e").save(target, "PNG")
    return Branding(name="Brunner GmbH", address=("Lindenallee 7", "50968 Köln"), logo=target.getvalue())


def opened(content):
    return pikepdf.open(io.BytesIO(content))


def metadata(content):
    with opened(content) as document:
        return dict(document.open_metadata().items())


@pytest.fixture(scope="module")
def xml():
    return write_cii(invoice(), specification=ZUGFERD_EN16931)


@pytest.fixture(scope="module")
def pdf(xml):
    return render(invoice(), branding(), xml=xml)


def test_the_xml_comes_out_as_it_went_in_and_its_level_is_known(pdf, xml):
    name, found = facturx.get_facturx_xml_from_pdf(pdf)
    assert (name, found) == ("factur-x.xml", xml)
    assert facturx.get_level(etree.fromstring(found)) == "en16931"


def test_the_invoice_is_an_alternative_of_the_whole_document(pdf):
    with opened(pdf) as document:
        (specification,) = document.Root.AF
        assert specification.AFRelationship == "/Alternative"
        assert specification.UF == specification.F == "factur-x.xml"
        assert specification.EF.F.Subtype == "/text/xml"
        assert specification.EF.F.Params.ModDate == "D:20261112000000Z"
        assert specification.objgen == document.Root.Names.EmbeddedFiles.Names[1].objgen


def test_the_metadata_announces_archive_accessibility_and_invoice(pdf):
    found = metadata(pdf)
    assert (found[f"{PDFA}part"], found[f"{PDFA}conformance"], found[f"{PDFUA}part"]) == ("3", "B", "1")
    announced = {
        key: found[f"{FX}{key}"] for key in ("DocumentType", "DocumentFileName", "Version", "ConformanceLevel")
    }
    assert announced == {
        "DocumentType": "INVOICE",
        "DocumentFileName": "factur-x.xml",
        "Version": "1.0",
        "ConformanceLevel": "EN 16931",
    }


def test_every_property_of_factur_x_is_described_in_the_extension_schema(pdf):
    with opened(pdf) as document:
        root = etree.fromstring(document.Root.Metadata.read_bytes())
    spaces = {
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "schema": "http://www.aiim.org/pdfa/ns/schema#",
        "property": "http://www.aiim.org/pdfa/ns/property#",
        "ext": "http://www.aiim.org/pdfa/ns/extension/",
    }
    (bag,) = root.findall(".//ext:schemas/rdf:Bag", spaces)
    (schema,) = [li for li in bag if li.findtext("schema:prefix", namespaces=spaces) == "fx"]
    assert schema.findtext("schema:namespaceURI", namespaces=spaces) == FX.strip("{}")
    names = {name.text for name in schema.findall(".//property:name", spaces)}
    assert names == {"DocumentType", "DocumentFileName", "Version", "ConformanceLevel"}


ID = f"<ram:ID>{ZUGFERD_EN16931}</ram:ID>"
XRECHNUNG_EXTENSION = f"{XRECHNUNG}#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0"


@pytest.mark.parametrize(
    ("told", "level", "version"),
    [
        (f"<ram:ID>{ZUGFERD_EN16931}#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0</ram:ID>", "EN 16931", "1.0"),
        ("<ram:ID>urn:unknown</ram:ID>", "EN 16931", "1.0"),
        ("", "EN 16931", "1.0"),
        (f"<!-- of ours -->{ID}", "EN 16931", "1.0"),
        (
            f"<ram:ID><!-- of ours -->{ZUGFERD_EN16931}#conformant#urn:factur-x.eu:1p0:extended</ram:ID>",
            "EXTENDED",
            "1.0",
        ),
        (f"<ram:ID>\n  {XRECHNUNG}\n</ram:ID>", "XRECHNUNG", "3.0"),
        (f"<ram:ID>{XRECHNUNG_EXTENSION}</ram:ID>", "XRECHNUNG", "3.0"),
        ("<ram:ID>urn:xrechnung</ram:ID>", "XRECHNUNG", "1.0"),
    ],
)
def test_every_invoice_in_cii_finds_its_place_in_the_pdf(xml, told, level, version):
    content = xml.replace(ID.encode(), told.encode())
    found = metadata(render(invoice(), branding(), xml=content))
    assert (found[f"{FX}ConformanceLevel"], found[f"{FX}Version"]) == (level, version)


def test_the_metadata_agrees_with_the_document_information(pdf):
    with opened(pdf) as document:
        assert (
            str(document.docinfo.Title) == metadata(pdf)["{http://purl.org/dc/elements/1.1/}title"] == "Rechnung RE-1"
        )
        assert document.docinfo.CreationDate == "D:20261112000000Z"


def test_strict_readers_find_nothing_to_repair(pdf, caplog):
    reader = PdfReader(io.BytesIO(pdf), strict=True)
    assert list(reader.attachments) == ["factur-x.xml"]
    assert caplog.records == []
    with opened(pdf) as document:
        assert document.check_pdf_syntax() == []


def test_colours_are_bound_to_an_output_intent(pdf):
    with opened(pdf) as document:
        (intent,) = document.Root.OutputIntents
        assert intent.S == "/GTS_PDFA1"
        assert intent.DestOutputProfile.N == 3


def test_every_font_is_embedded(pdf):
    with opened(pdf) as document:
        descriptors = [
            thing for thing in document.objects if isinstance(thing, pikepdf.Dictionary) and "/FontName" in thing
        ]
        assert descriptors
        assert all("/FontFile2" in font or "/FontFile3" in font for font in descriptors)


def test_nothing_an_archive_forbids_is_inside(pdf):
    with opened(pdf) as document:
        names = {key for thing in document.objects if isinstance(thing, pikepdf.Dictionary) for key in thing}
        assert not names & {"/JavaScript", "/JS", "/AA", "/OpenAction", "/Encrypt", "/XFA"}
        assert len(document.trailer.ID) == 2
        assert not document.is_encrypted


def test_the_document_is_tagged_titled_and_in_a_known_language(pdf):
    with opened(pdf) as document:
        assert document.Root.MarkInfo.Marked
        assert document.Root.Lang == "de"
        assert document.Root.ViewerPreferences.DisplayDocTitle
        tags = {str(thing.S) for thing in document.objects if isinstance(thing, pikepdf.Dictionary) and "/S" in thing}
    assert {"/H1", "/Table", "/TR", "/TH", "/TD", "/Figure"} <= tags


def test_pictures_have_words_for_those_who_cannot_see_them(pdf):
    with opened(pdf) as document:
        figures = [
            thing
            for thing in document.objects
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == "/Figure"
        ]
        spoken = {str(figure.Alt) for figure in figures}
    assert spoken == {"Brunner GmbH", "QR-Code für die Überweisung mit einer Banking-App"}


def test_an_english_document_says_so():
    with opened(render(invoice(), branding(), language="en")) as document:
        assert document.Root.Lang == "en"


def test_a_plain_document_is_archival_too_and_announces_no_invoice():
    found = metadata(render(invoice(), branding()))
    assert (found[f"{PDFA}part"], found[f"{PDFUA}part"]) == ("3", "1")
    assert not [key for key in found if key.startswith(FX)]


def test_an_xrechnung_travels_as_data_under_its_own_name():
    xrechnung = write_cii(invoice(), specification=XRECHNUNG)
    content = render(invoice(), branding(), xml=xrechnung)
    with opened(content) as document:
        (specification,) = document.Root.AF
        assert (specification.UF, specification.AFRelationship) == ("xrechnung.xml", "/Data")
    found = metadata(content)
    assert (found[f"{FX}ConformanceLevel"], found[f"{FX}Version"]) == ("XRECHNUNG", "3.0")


def test_supporting_documents_are_embedded_beside_the_invoice(xml):
    files = [EmbeddedFile("Aufmaß.pdf", b"%PDF-1.7", "application/pdf", "Aufmaß"), EmbeddedFile("bild.png", b"png", "")]
    with opened(render(invoice(), branding(), xml=xml, attachments=files)) as document:
        assert {name: bytes(file.get_file().read_bytes()) for name, file in document.attachments.items()} == {
            "factur-x.xml": xml,
            "Aufmaß.pdf": b"%PDF-1.7",
            "bild.png": b"png",
        }
        assert sorted(str(item.AFRelationship) for item in document.Root.AF) == [
            "/Alternative",
            "/Supplement",
            "/Supplement",
        ]


def test_attachments_of_the_same_name_are_all_kept(xml):
    names = ["factur-x.xml", "a.pdf", "a.pdf", ""]
    files = [EmbeddedFile(name, b"%d" % index) for index, name in enumerate(names)]
    with opened(render(invoice(), branding(), xml=xml, attachments=files)) as document:
        assert set(document.attachments) == {"factur-x.xml", "factur-x (2).xml", "a.pdf", "a (2).pdf", "attachment"}


@pytest.mark.parametrize("content", [b"<Invoice/>", b"\x00", b"<ID>urn:cen.eu:en16931:2017</ID>"])
def test_what_is_no_cii_invoice_is_refused(content):
    with pytest.raises(RenderingError) as refused:
        render(invoice(), branding(), xml=content)
    assert refused.value.field == "xml"


def test_the_same_input_gives_the_same_bytes(pdf, xml):
    assert render(invoice(), branding(), xml=xml) == pdf


def test_another_process_gives_the_same_bytes():
    program = (
        "import sys, datetime; from kontor_documents.content.model import DocumentData;"
        "from kontor_documents.rendering import Branding, EmbeddedFile, render;"
        "data = DocumentData(type='quote', number='A-1', issue_date=datetime.date(2026, 11, 12));"
        "sys.stdout.buffer.write(render(data, Branding('Brunner'), attachments=[EmbeddedFile('a.txt', b'a')]))"
    )
    first, second = (
        subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout for _ in "ab"
    )
    assert first == second != b""


async def test_many_at_once_are_each_rendered_as_alone(xml):
    documents = [invoice(f"RE-{number}") for number in range(12)]
    together = await asyncio.gather(*(render_async(data, branding(), xml=xml) for data in documents))
    assert together == [render(data, branding(), xml=xml) for data in documents]


async def test_the_event_loop_runs_on_while_a_page_is_set():
    data = invoice()
    data.lines = [data.lines[0].model_copy(update={"net": Decimal("189.00")}) for _ in range(200)]
    rendering = asyncio.ensure_future(render_async(data, branding()))
    turns = 0
    while not rendering.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 10
    assert rendering.result().startswith(b"%PDF-1.7")
