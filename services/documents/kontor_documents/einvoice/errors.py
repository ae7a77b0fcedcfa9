"""What can be wrong with a handed-over file. Codes are stable; `field` is a path into DocumentData, or "file"."""

from kontor_service.errors import Invalid, TooLarge


class FileTooLarge(TooLarge):
    code, title = "file_too_large", "The file is too large"


class UnknownFileType(Invalid):
    code, title = "unknown_file_type", "This kind of file is not accepted"


class BrokenXml(Invalid):
    code, title = "xml_broken", "The XML is broken"


class HostileXml(Invalid):
    """A document type declaration, an entity, an encoding or a size no invoice needs."""

    code, title = "xml_refused", "The XML contains what is not accepted here"


class NotAnInvoice(Invalid):
    code, title = "xml_no_invoice", "The XML is not an invoice in CII or UBL"


class BadValue(Invalid):
    code, title = "bad_value", "A value cannot be read"


class UnknownCurrency(Invalid):
    code, title = "unknown_currency", "The currency is not in ISO 4217"


class BrokenPdf(Invalid):
    code, title = "pdf_broken", "The PDF is broken"


class EncryptedPdf(Invalid):
    code, title = "pdf_encrypted", "The PDF is protected by a password"


class HostilePdf(Invalid):
    code, title = "pdf_refused", "The PDF needs more memory than is granted"


class BrokenJson(Invalid):
    code, title = "json_broken", "The JSON is broken"
