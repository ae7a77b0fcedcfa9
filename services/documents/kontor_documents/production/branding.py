"""The merchant's stationery, from what identity told of it."""

from kontor.identity.v1 import identity_pb2
from kontor_documents.content.model import Address, Party
from kontor_documents.rendering.branding import Bank, Branding
from kontor_service.client import ServiceClient
from kontor_service.errors import NotFound

_MAX_LOGOS = 200


def plain(seller: Party) -> Branding:
    """The letterhead of a seller who is not the merchant: what the file says, without the merchant's logo and colour."""
    address = seller.address or Address()
    place = f"{address.post_code} {address.city}".strip()
    return Branding(
        name=seller.name,
        address=tuple(line for line in (address.line1, address.line2, address.line3, place) if line),
        accent="#333333",
        phone=seller.contact.phone if seller.contact else "",
        email=seller.contact.email if seller.contact else "",
        vat_id=seller.vat_id,
        tax_number=seller.tax_number,
        register=seller.legal_info,
    )


class Brandings:
    """Puts together what letters carry. Logos are public and named by their hash, so they are fetched once."""

    def __init__(self, identity: ServiceClient) -> None:
        self._identity = identity
        self._logos: dict[str, bytes] = {}

    async def of(self, merchant: identity_pb2.Merchant) -> Branding:
        """Raises Unavailable while the logo cannot be had: a letter without it would be another letter."""
        address = merchant.address
        place = f"{address.post_code} {address.city}".strip()
        return Branding(
            name=merchant.name,
            address=tuple(line for line in (address.line1, address.line2, place) if line),
            accent=merchant.accent_color or "#0b5d4e",
            logo=await self._logo(merchant.logo_sha256) if merchant.logo_sha256 else None,
            show_logo=merchant.logo_shown,
            phone=merchant.contact_phone,
            email=merchant.contact_email,
            vat_id=merchant.vat_id,
            tax_number=merchant.tax_number,
            register=merchant.register_entry,
            bank=Bank(merchant.iban, merchant.bic, holder=merchant.account_holder) if merchant.iban else None,
        )

    async def _logo(self, sha256: str) -> bytes | None:
        if sha256 not in self._logos:
            try:
                response = await self._identity.request("GET", f"/v1/logos/{sha256}")
            except NotFound:
                return None
            if len(self._logos) >= _MAX_LOGOS:
                self._logos.clear()
            self._logos[sha256] = response.content
        return self._logos[sha256]
