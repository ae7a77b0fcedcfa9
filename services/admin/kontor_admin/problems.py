"""What an owner's refusal means, as a sentence for the merchant's staff. Codes are part of the owners' APIs."""

from kontor_service.i18n import N_

WORDS = {
    "owner_unavailable": N_(
        "A part of the platform does not answer. Nothing was changed; please try again in a few minutes."
    ),
    "provider_unavailable": N_(
        "The payment provider does not answer. Nothing was changed; please try again in a few minutes."
    ),
    "not_allowed": N_("Your role does not include this."),
    "session_ended": N_("Your session has ended. Please log in again."),
    "too_many_requests": N_("That was a bit too often. Please wait a few minutes."),
    # documents
    "document_not_found": N_("There is no such document."),
    "already_shared": N_("The document is already shared and no longer changes."),
    "not_releasable": N_("Something stands against releasing this document."),
    "wrong_state": N_("The document is not in a state for this any more. Please look at it again."),
    "unknown_customer": N_("There is no such customer."),
    "no_email": N_("There is no e-mail address for this document."),
    "unmatched_customer": N_("The document is not assigned to a customer."),
    "type_hidden": N_("The portal does not show documents of this type. You can change that in the settings."),
    "in_production": N_("The PDF is still being made."),
    "merchant_unknown": N_("The settings have not arrived everywhere yet. Please try again in a moment."),
    "duplicate_number": N_("Another document already has this number."),
    "data_missing": N_(
        "The file says nothing that can be read by a computer. Please upload an e-invoice (XRechnung, ZUGFeRD)."
    ),
    "nothing_submitted": N_("There was no file."),
    "wrong_totals": N_("Amounts in the file do not agree with each other."),
    "invoice_invalid": N_("The invoice breaks rules of EN 16931."),
    "no_einvoice": N_("This kind of document has no e-invoice."),
    "file_not_found": N_("There is no such file."),
    "too_large": N_("The file is too large."),
    "unsupported_type": N_("This kind of file cannot be read. PDF and XML can."),
    "unsupported_media_type": N_("This kind of file cannot be read. PDF and XML can."),
    "file_too_large": N_("The file is too large."),
    "file_empty": N_("The file is empty."),
    "pdf_broken": N_("The PDF is broken."),
    "pdf_encrypted": N_("The PDF is protected by a password."),
    "xml_broken": N_("The XML is broken."),
    "xml_no_invoice": N_("The XML is not an invoice in CII or UBL."),
    "xml_refused": N_("The XML contains what is not accepted here."),
    "xml_doctype": N_("The XML contains what is not accepted here."),
    "unknown_file_type": N_("This kind of file cannot be read. PDF and XML can."),
    "unknown_currency": N_("The currency does not exist."),
    "data_conflict": N_("The data beside the file says what the file already says."),
    # identity
    "number_used": N_("Another customer has this number, or had it before."),
    "duplicate_email": N_("Another contact person of this customer has this e-mail address."),
    "email_missing": N_("An invitation needs an e-mail address."),
    "access_active": N_("This person has access already."),
    "too_many_contacts": N_("A customer has at most 50 contact persons."),
    "slug_taken": N_("This address is taken."),
    "portal_off": N_("The portal is switched off."),
    "logo_too_large": N_("The logo is too large."),
    "logo_invalid": N_("This is not a picture that can be used. PNG and JPEG can."),
    "password_too_weak": N_("This password is too easy to guess."),
    "old_password_wrong": N_("This is not your present password."),
    # payments
    "not_payable": N_("Nothing can be paid on this document."),
    "amount_invalid": N_("The amount is not right."),
    "currency_mismatch": N_("The document is in another currency."),
    "payment_on_its_way": N_("A payment of this document is already on its way."),
    "nothing_to_refund": N_("Nothing of this payment is too much."),
    "payment_not_found": N_("There is no such payment."),
    "external_id_reused": N_("This reference stands for another payment."),
    # notifications
    "template_invalid": N_("Something in the text is not right."),
    "address_invalid": N_("This is not an e-mail address."),
    "mail_not_repeatable": N_("This mail cannot be sent again."),
    "mail_unknown": N_("There is no such mail."),
}

# Findings about single fields, by how owners begin to say them.
FIELDS = {
    r"There is no placeholder (?P<mark>\[[^\]]*\])": N_("There is no placeholder %(mark)s in this kind of mail."),
    "this is not an e-mail address": N_("This is not an e-mail address."),
    "this is not a VAT id": N_("This is not a VAT id of an EU member state."),
    "this is not an IBAN": N_("This is not an IBAN."),
    "this is not a BIC": N_("This is not a BIC."),
    "a phone number has": N_("A phone number has digits, blanks and + ( ) / . - only."),
    "a country is": N_("A country is its code of two letters, for example DE."),
    "this is not a time zone": N_("This is not a time zone, for example Europe/Berlin."),
    "an address of a page": N_("The address of a page begins with https://"),
    "a colour is written": N_("Please write the colour like #0b5d4e."),
    "control characters": N_("There are signs in it that cannot be used."),
    "line breaks": N_("Line breaks are not possible here."),
    "String should match pattern": N_("There are signs in it that cannot be used."),
    "String should have at most": N_("This is too long."),
    "String should have at least": N_("Please fill in this field."),
}
