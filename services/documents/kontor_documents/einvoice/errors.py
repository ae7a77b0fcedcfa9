"""What can be wrong with a handed-over file. Codes are stable; `field` is a path into DocumentData, or "file"."""

from kontor_service.errors import Invalid, TooLarge
from kontor_service.i18n import N_


class FileTooLarge(TooLarge):
    code, title = "file_too_large", N_("The file is too large.")


class UnknownFileType(Invalid):
    code, title = "unknown_file_type", N_("This kind of file cannot be read. PDF and XML can.")


class BrokenXml(Invalid):
    code, title = "xml_broken", N_("The XML is broken.")


class HostileXml(Invalid):
    """A document type declaration, an entity, an encoding or a size no invoice needs."""

    code, title = "xml_refused", N_("The XML contains what is not accepted here.")


class NotAnInvoice(Invalid):
    code, title = "xml_no_invoice", N_("The XML is not an invoice in CII or UBL.")


class BadValue(Invalid):
    code, title = "bad_value", N_("A value cannot be read.")


class UnknownCurrency(Invalid):
    code, title = "unknown_currency", N_("The currency does not exist.")


class BrokenPdf(Invalid):
    code, title = "pdf_broken", N_("The PDF is broken.")


class EncryptedPdf(Invalid):
    code, title = "pdf_encrypted", N_("The PDF is protected by a password.")


class HostilePdf(Invalid):
    code, title = "pdf_refused", N_("The PDF needs more memory than is granted.")


class BrokenJson(Invalid):
    code, title = "json_broken", N_("The JSON is broken.")
