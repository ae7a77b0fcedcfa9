"""What callers of the documents service can be told, beside what reading a file can find (einvoice/errors.py)."""

from kontor_service.errors import Conflict, Invalid, NotFound
from kontor_service.i18n import N_

DocumentNotFound = NotFound.named("document_not_found", N_("There is no such document."))
FileNotFound = NotFound.named("file_not_found", N_("There is no such file."))
SubmissionNotFound = NotFound.named("submission_not_found", N_("There is no such submission."))
NothingSubmitted = Invalid.named("nothing_submitted", N_("No file was sent."))
DataMissing = Invalid.named(
    "data_missing",
    N_("The file says nothing that can be read by a computer. Please upload an e-invoice (XRechnung, ZUGFeRD)."),
)
DataConflict = Invalid.named("data_conflict", N_("The data beside the file says what the file already says."))
TooManyLines = Invalid.named("too_many_lines", N_("The document has too many lines."))
WrongTotals = Invalid.named("wrong_totals", N_("Amounts in the file do not agree with each other."))
TooMuch = Invalid.named(
    "too_much", N_("The document names more choices, files, references or remarks than can be kept with it.")
)
Implausible = Invalid.named("not_plausible", N_("Something in this document cannot be right."))
InvalidInvoice = Invalid.named("invoice_invalid", N_("The invoice breaks rules of EN 16931."))
WouldReplace = Conflict.named("would_replace", N_("This document is here already, with another content."))
DuplicateNumber = Conflict.named("duplicate_number", N_("Another document already has this number."))
ChangedMeanwhile = Conflict.named(
    "changed_meanwhile", N_("The quote has been changed by somebody else in the meantime. Nothing was saved.")
)
NumberGiven = Conflict.named("number_given", N_("The document has a number already."))
AlreadyShared = Conflict.named("already_shared", N_("The document is already shared and no longer changes."))
NotReleasable = Conflict.named("not_releasable", N_("This document cannot be released yet."))
WrongState = Conflict.named(
    "wrong_state", N_("This is no longer possible in the document's present state. Please look at it again.")
)
UnknownCustomer = Invalid.named("unknown_customer", N_("There is no such customer."))
InvalidSelection = Invalid.named("selection_invalid", N_("This cannot be chosen."))
WrongOptions = Invalid.named("options_wrong", N_("The quote's options contradict each other."))
AcceptanceOff = Conflict.named("acceptance_off", N_("Documents of this type cannot be accepted or declined here."))
NoQuote = Conflict.named("no_quote", N_("Only quotes are accepted or declined."))
QuoteAmended = Conflict.named("quote_amended", N_("The quote has been changed. Please look at what is new."))
UnknownVersion = Invalid.named("version_unknown", N_("The quote has no such version."))
QuoteExpired = Conflict.named("quote_expired", N_("The quote has expired."))
AlreadyDecided = Conflict.named("already_decided", N_("This quote has been decided already."))
NotShared = Conflict.named("not_shared", N_("The quote has not been shared with its customer yet."))
Withdrawn = Conflict.named("withdrawn", N_("The quote has been withdrawn."))
ValidityPast = Invalid.named("validity_past", N_("Please choose a day that is still to come."))
ValidityShortened = Invalid.named(
    "validity_shortened", N_("Customers already have a later day. Please choose that day or one after it.")
)
StillOpen = Conflict.named("still_open", N_("The quote can still be decided. Nothing has to be asked for."))
AskedAlready = Conflict.named("asked_already", N_("You have asked for this just now. You will hear from us."))
ConsentMissing = Invalid.named("consent_missing", N_("Please agree to this first: %(title)s"))
ConsentUnknown = Invalid.named("consent_unknown", N_("This text did not go along with the quote."))
CustomerStays = Invalid.named("customer_stays", N_("An amended quote stays with its customer."))
NothingToCredit = Conflict.named(
    "nothing_to_credit",
    N_("The invoice does not say which taxes are in it, so no credit note can be made for a part of it."),
)
