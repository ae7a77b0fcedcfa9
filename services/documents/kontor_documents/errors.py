"""What callers of the documents service can be told, beside what reading a file can find (einvoice/errors.py)."""

from kontor_service.errors import Conflict, Invalid, NotFound


class DocumentNotFound(NotFound):
    code, title = "document_not_found", "There is no such document"


class SubmissionNotFound(NotFound):
    code, title = "submission_not_found", "There is no such submission"


class NothingSubmitted(Invalid):
    code, title = "nothing_submitted", "Neither a file nor data was handed in"


class DataMissing(Invalid):
    code, title = "data_missing", "The file says nothing a computer can read; its data must come beside it"


class DataConflict(Invalid):
    code, title = "data_conflict", "The data beside the file says what the file already says"


class WrongTotals(Invalid):
    code, title = "wrong_totals", "Amounts do not agree"


class TooMuch(Invalid):
    code, title = "too_much", "The document names more files, references or remarks than can be kept with it"


class InvalidInvoice(Invalid):
    code, title = "invoice_invalid", "The invoice breaks rules of EN 16931"


class DuplicateNumber(Conflict):
    code, title = "duplicate_number", "Another document has this number"


class NumberGiven(Conflict):
    code, title = "number_given", "The document has a number already"


class AlreadyShared(Conflict):
    code, title = "already_shared", "The document is already shared and no longer changes"


class NotReleasable(Conflict):
    code, title = "not_releasable", "Something stands against releasing this document"


class WrongState(Conflict):
    code, title = "wrong_state", "The document is not in a state for this"


class UnknownCustomer(Invalid):
    code, title = "unknown_customer", "There is no such customer"


class UnsupportedType(Invalid):
    code, title = "no_einvoice", "This kind of document has no e-invoice"
