"""What stands on stickers besides what the merchant wrote."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    language: str
    title: str
    invitation: str
    # {number}
    alt: str
    kinds: dict[str, str]


WORDS = {
    "de": Words(
        language="de",
        title="Aufkleber für Zähler",
        invitation="Scannen und Zählerstand melden",
        alt="QR-Code: Zählerstand von {number} melden",
        kinds={"electricity": "Strom", "gas": "Gas", "water": "Wasser", "heat": "Wärme"},
    ),
    "en": Words(
        language="en",
        title="Stickers for meters",
        invitation="Scan to submit your reading",
        alt="QR code: submit a reading of {number}",
        kinds={"electricity": "Electricity", "gas": "Gas", "water": "Water", "heat": "Heat"},
    ),
}
