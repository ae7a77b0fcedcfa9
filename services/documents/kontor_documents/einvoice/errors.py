"""What can be wrong with a handed-over file. Codes are stable; `field` is a path into DocumentData, or "file"."""

from kontor_service.errors import Invalid, TooLarge
from kontor_service.i18n import N_

FileTooLarge = TooLarge.named("file_too_large", N_("The file is too large."))
UnknownFileType = Invalid.named("unknown_file_type", N_("This type of file cannot be read. Please send PDF or XML."))
BrokenXml = Invalid.named("xml_broken", N_("The XML is broken."))
# A document type declaration, an entity, an encoding or a size no invoice needs.
HostileXml = Invalid.named("xml_refused", N_("The XML contains what is not accepted here."))
NotAnInvoice = Invalid.named("xml_no_invoice", N_("The XML is not an invoice in CII or UBL."))
BadValue = Invalid.named("bad_value", N_("A value cannot be read."))
UnknownCurrency = Invalid.named("unknown_currency", N_("The currency does not exist."))
BrokenPdf = Invalid.named("pdf_broken", N_("The PDF is broken."))
EncryptedPdf = Invalid.named("pdf_encrypted", N_("The PDF is protected by a password."))
HostilePdf = Invalid.named("pdf_refused", N_("The PDF needs more memory than is granted."))
BrokenJson = Invalid.named("json_broken", N_("The JSON is broken."))
