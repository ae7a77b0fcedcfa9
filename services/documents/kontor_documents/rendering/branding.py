"""The merchant's stationery: what every document of theirs carries besides its content."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bank:
    """The account printed in the footer; what an invoice is paid to comes from its payment means (BG-16)."""

    iban: str
    bic: str = ""
    name: str = ""
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Branding:
    """Name, logo, colour and footer. Empty fields are left out of the page.

    `logo` is a raster image (PNG, JPEG, WebP, GIF), recognised by content; the logo is left out when `show_logo` is off.
    `accent` is #rrggbb of any brightness: the ink used for text is darkened until it can be read on white.
    `register` is the entry in the commercial register, e.g. "Amtsgericht Köln, HRB 12345".
    """

    name: str
    address: tuple[str, ...] = ()
    accent: str = "#0b5d4e"
    logo: bytes | None = None
    show_logo: bool = True
    phone: str = ""
    email: str = ""
    website: str = ""
    vat_id: str = ""
    tax_number: str = ""
    register: str = ""
    management: str = ""
    bank: Bank | None = None
