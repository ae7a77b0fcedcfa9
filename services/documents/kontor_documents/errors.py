"""What callers of the documents service can be told, beside what reading a file can find (einvoice/errors.py)."""

from kontor_service.errors import Conflict, Invalid, NotFound
from kontor_service.i18n import N_


class DocumentNotFound(NotFound):
    code, title = "document_not_found", N_("There is no such document.")


class SubmissionNotFound(NotFound):
    code, title = "submission_not_found", N_("There is no such submission.")


class NothingSubmitted(Invalid):
    code, title = "nothing_submitted", N_("There was no file.")


class DataMissing(Invalid):
    code, title = (
        "data_missing",
        N_("The file says nothing that can be read by a computer. Please upload an e-invoice (XRechnung, ZUGFeRD)."),
    )


class DataConflict(Invalid):
    code, title = "data_conflict", N_("The data beside the file says what the file already says.")


class WrongTotals(Invalid):
    code, title = "wrong_totals", N_("Amounts in the file do not agree with each other.")


class TooMuch(Invalid):
    code, title = "too_much", N_("The document names more files, references or remarks than can be kept with it.")


class InvalidInvoice(Invalid):
    code, title = "invoice_invalid", N_("The invoice breaks rules of EN 16931.")


class DuplicateNumber(Conflict):
    code, title = "duplicate_number", N_("Another document already has this number.")


class NumberGiven(Conflict):
    code, title = "number_given", N_("The document has a number already.")


class AlreadyShared(Conflict):
    code, title = "already_shared", N_("The document is already shared and no longer changes.")


class NotReleasable(Conflict):
    code, title = "not_releasable", N_("Something stands against releasing this document.")


class WrongState(Conflict):
    code, title = "wrong_state", N_("The document is not in a state for this any more. Please look at it again.")


class UnknownCustomer(Invalid):
    code, title = "unknown_customer", N_("There is no such customer.")


class UnsupportedType(Invalid):
    code, title = "no_einvoice", N_("This kind of document has no e-invoice.")
