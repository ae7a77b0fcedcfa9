"""Checks Kontor's invoices with validators written by others: `make judge`.

Mustang's validator (veraPDF for PDF/A-3, the rules of EN 16931 and of XRechnung) reads every invoice as Kontor renders it
and every XML as Kontor offers it; veraPDF in it reads the evidence pages of accepted quotes; AsyncAPI's parser reads the
description of the bus; the double of PayPal is compared with PayPal's OpenAPI documents. Everything must be valid. Needs
Java (JDK), Maven and Node with npm, which are installed where that is allowed (Debian as root), and git where PayPal's
documents are not supplied.
"""

import asyncio
import shutil
import subprocess
import sys
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path

from kontor_documents.content.model import Attachment, DocumentData
from kontor_documents.einvoice.offer import offered
from kontor_documents.einvoice.validate import Validator
from kontor_documents.einvoice.write import write_cii
from kontor_documents.errors import TooManyLines
from kontor_documents.intake.parse import parse
from kontor_documents.rendering.acceptance import serialized
from kontor_documents.rendering.archive import EmbeddedFile
from kontor_documents.rendering.branding import Bank, Branding
from kontor_documents.rendering.evidence import render_evidence
from kontor_documents.rendering.render import render
from kontor_testing.debian import install, may_install
from tests.judge.acceptances import acceptances
from tests.judge.corpus import documents
from tests.judge.paypal import deviations
from tests.judge.paypal import documents as paypal_documents

_VALIDATOR = "org.mustangproject:validator:2.26.0:jar:shaded"
_ASYNCAPI = "@asyncapi/parser@3.6.6"
# For the rules of one document: nobody waits here.
_PATIENCE_SECONDS = 600.0
_WORK = Path(".kontor-judge")
# Beside the project, where it is there.
_SUPPLIED = Path(__file__).parents[3] / "shared/data"
_BRANDING = Branding(
    name="Brunner Haustechnik GmbH", address=("Werkstraße 4", "86153 Augsburg"), vat_id="DE123456789", phone="+49 821 123456",
    email="info@brunner.example", register="Amtsgericht Augsburg, HRB 12345", bank=Bank("DE02120300000000202051", "BYLADEM1001"),
)  # fmt: skip
_ATTACHED = EmbeddedFile("aufmass.csv", "Raum;Fläche\nBüro;20\n".encode(), "text/csv", "Aufmaß")


async def main() -> None:
    java, maven = _program("java", "default-jdk-headless"), _program("mvn", "maven")
    npm, node = _program("npm", "npm"), _program("node", "nodejs")
    shutil.rmtree(_WORK, ignore_errors=True)
    _WORK.mkdir()
    bus_is_valid, paypal_is_followed = _judge_asyncapi(npm, node), _judge_paypal()
    with closing(Validator(_PATIENCE_SECONDS)) as validator:
        written = await _write(_WORK, validator) + await _write_supplied(_WORK, validator) + _write_evidence(_WORK)
    subprocess.run(
        [maven, "-q", "-B", "dependency:copy", f"-Dartifact={_VALIDATOR}", f"-DoutputDirectory={_WORK}"], check=True
    )
    (jar,) = _WORK.glob("validator-*.jar")
    sources = Path(__file__).with_name("Judge.java")
    judged = subprocess.run(
        [java, "-cp", str(jar), str(sources), *map(str, written)], check=True, capture_output=True, text=True
    )
    verdicts = dict(reversed(line.split("\t")) for line in judged.stdout.splitlines() if "\t" in line)
    _report(written, verdicts, bus_is_valid and paypal_is_followed)


def _program(name: str, package: str) -> str:
    if not shutil.which(name) and may_install():
        install(package, name)
    if not shutil.which(name):
        sys.exit(f"The judges need {name} (Debian: sudo apt-get install {package}).")
    return name


def _judge_asyncapi(npm: str, node: str) -> bool:
    folder = (_WORK / "npm").absolute()
    quiet = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
    subprocess.run([npm, "install", *quiet, "--prefix", str(folder), _ASYNCAPI], check=True)
    script = Path(__file__).with_name("asyncapi.mjs")
    valid = subprocess.run([node, str(script), str(folder), "docs/asyncapi.json"]).returncode == 0
    print(f"{'asyncapi.json':14} {'valid' if valid else 'not valid'}")
    return valid


def _judge_paypal() -> bool:
    wrong = deviations(paypal_documents(_SUPPLIED / "providers" / "paypal", _WORK))
    print(f"{'double, PayPal':14} {'as documented' if not wrong else 'not as documented'}")
    for deviation in wrong:
        print(f"    {deviation}")
    return not wrong


async def _write(folder: Path, validator: Validator) -> list[Path]:
    """Every document as PDF with its XML inside, and as the XML that is offered for download."""
    written = []
    for name, data in documents():
        attachments = [_ATTACHED] if data.attachments else []
        data = _with_files(data, attachments)
        pdf = folder / f"{name}.pdf"
        pdf.write_bytes(render(data, _BRANDING, xml=write_cii(data), attachments=attachments))
        written.append(pdf)
        offer = await offered(validator, data, {sha256(file.content).hexdigest(): file.content for file in attachments})
        if offer is None:
            sys.exit(f"{name} is not offered as XML at all.")
        xml = folder / f"{name}.{offer.role}.xml"
        xml.write_bytes(offer.xml)
        written.append(xml)
    return written


async def _write_supplied(folder: Path, validator: Validator) -> list[Path]:
    """The XRechnung that is offered of each invoice that came from elsewhere; not of all of them one can be made."""
    if not _SUPPLIED.is_dir():
        print(f"Invoices from elsewhere are not judged: there is no folder {_SUPPLIED}.")
        return []
    written = []
    paths = sorted(path for path in _SUPPLIED.glob("*/*") if path.suffix in (".xml", ".pdf"))
    for path in paths:
        with suppress(TooManyLines):
            parsed = parse(path.read_bytes(), None)
            offer = await offered(validator, parsed.data, parsed.attachments, parsed.xml)
            if offer is not None and offer.role == "xrechnung":
                xml = folder / f"{path.stem}.supplied.xrechnung.xml"
                xml.write_bytes(offer.xml)
                written.append(xml)
    print(f"Of {len(paths)} invoices from elsewhere, {len(written)} are offered as XRechnung.")
    return written


def _write_evidence(folder: Path) -> list[Path]:
    written = []
    for name, evidence in acceptances():
        pdf = folder / f"{name}.evidence.pdf"
        pdf.write_bytes(render_evidence(evidence, _BRANDING, sha256(serialized(evidence)).hexdigest()))
        written.append(pdf)
    return written


def _with_files(data: DocumentData, files: list[EmbeddedFile]) -> DocumentData:
    described = [
        Attachment(
            file_name=file.name, media_type=file.media_type, sha256=sha256(file.content).hexdigest(), size=len(file.content)
        )
        for file in files
    ]  # fmt: skip
    return data.model_copy(update={"attachments": [*data.attachments, *described]})


def _report(written: list[Path], verdicts: dict[str, str], descriptions_are_right: bool) -> None:
    """None may be missing: what was not judged is not valid."""
    kinds = ("evidence.pdf", "pdf", "xrechnung.xml", "en16931.xml")
    of_kind = {path: next(kind for kind in kinds if path.name.endswith(kind)) for path in written}
    for kind in kinds:
        paths = [path for path in written if of_kind[path] == kind]
        valid = sum(verdicts.get(str(path)) == "valid" for path in paths)
        print(f"{kind:14} {valid} of {len(paths)} valid")
    wrong = [path for path in written if verdicts.get(str(path)) != "valid"]
    for path in wrong:
        print(f"{verdicts.get(str(path), 'not judged')}: {path} ({path}.report.xml says why)")
    sys.exit(1 if wrong or not descriptions_are_right else 0)


if __name__ == "__main__":
    asyncio.run(main())
