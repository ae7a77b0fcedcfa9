"""Generated from documents.proto by make proto."""

from kontor_events.codes import Code


class StandingDocumentKind(Code):
    TERMS = 'terms', 'Terms and conditions'
    WITHDRAWAL = 'withdrawal', 'Withdrawal notice'
    WARRANTY = 'warranty', 'Warranty'
    OTHER = 'other', 'Other standing document'


class DocumentType(Code):
    QUOTE = 'quote', 'Quote', 'Quotes'
    ORDER_CONFIRMATION = 'order_confirmation', 'Order confirmation', 'Order confirmations'
    SALES_ORDER = 'sales_order', 'Order', 'Orders'
    DELIVERY_NOTE = 'delivery_note', 'Delivery note', 'Delivery notes'
    INVOICE = 'invoice', 'Invoice', 'Invoices'
    REMINDER = 'reminder', 'Payment reminder', 'Payment reminders'
    CREDIT_NOTE = 'credit_note', 'Credit note', 'Credit notes'
    PURCHASE_ORDER = 'purchase_order', 'Purchase order', 'Purchase orders'
    RECEIPT = 'receipt', 'Receipt', 'Receipts'
    CONTRACT = 'contract', 'Contract', 'Contracts'
    OTHER = 'other', 'Document', 'Other documents'


class InvoiceKind(Code):
    PRO_FORMA = 'pro_forma', 'Pro forma invoice'
    PARTIAL = 'partial', 'Partial invoice'
    CORRECTED = 'corrected', 'Corrected invoice'
    PREPAYMENT = 'prepayment', 'Prepayment invoice'
    SELF_BILLED = 'self_billed', 'Self-billed invoice'
    PARTIAL_FINAL = 'partial_final', 'Partial final invoice'
    FINAL = 'final', 'Final invoice'


class DocumentDirection(Code):
    OUTGOING = 'outgoing', 'Invoices to you'
    INCOMING = 'incoming', 'Invoices of yours'


class DocumentState(Code):
    WAITING = 'waiting', 'waits for release', '', '', 'open'
    SHARED = 'shared', 'shared', '', '', 'way'
    WITHDRAWN = 'withdrawn', 'withdrawn', '', '', 'idle'
    CANCELLED = 'cancelled', 'cancelled', '', '', 'idle'


class QuoteOutcome(Code):
    PROMISED = 'promised', 'accepted, waiting for payment', '', '', 'way'
    ACCEPTED = 'accepted', 'accepted', '', '', 'paid'
    DECLINED = 'declined', 'declined', '', '', 'idle'
    EXPIRED = 'expired', 'expired', '', '', 'idle'
    SUPERSEDED = 'superseded', 'superseded', '', '', 'idle'


class AcceptanceMethod(Code):
    CLICK = 'click', 'Click'
    SIGNATURE = 'signature', 'Signature'
    PAYMENT = 'payment', 'Payment of the whole'
    DEPOSIT = 'deposit', 'Payment of a deposit'


class DocumentSource(Code):
    UPLOAD = 'upload', 'upload'
    HTTP = 'http', 'ERP'
    BUS = 'bus', 'ERP'
    CLI = 'cli', 'command line'
    KONTOR = 'kontor', 'Kontor'


class ReferenceKind(Code):
    QUOTE = 'quote', 'Quote'
    ORDER = 'order', 'Order'
    SALES_ORDER = 'sales_order', 'Order'
    ORDER_CONFIRMATION = 'order_confirmation', 'Order confirmation'
    PURCHASE_ORDER = 'purchase_order', 'Purchase order'
    DELIVERY_NOTE = 'delivery_note', 'Delivery note'
    RECEIVING_ADVICE = 'receiving_advice', 'Receiving advice'
    INVOICE = 'invoice', 'Invoice'
    CONTRACT = 'contract', 'Contract'
    PROJECT = 'project', 'Project'
    TENDER = 'tender', 'Tender'
    OBJECT = 'object', 'Object'
    BUYER_REFERENCE = 'buyer_reference', 'Your reference'


class CustomerRequestKind(Code):
    EXTENSION = 'extension', 'asks for more time'
    NEW_OFFER = 'new_offer', 'asks for another offer'


class HistoryFact(Code):
    RECEIVED = 'received', 'Received'
    CHANGED = 'changed', 'Changed'
    REPLACED = 'replaced', 'Replaced by a new version'
    MADE = 'made', 'PDF made'
    ASSIGNED = 'assigned', 'Assigned to a customer'
    SHARED = 'shared', 'Shared'
    OPENED = 'opened', 'Opened by the customer'
    WITHDRAWN = 'withdrawn', 'Withdrawn'
    CANCELLED = 'cancelled', 'Cancelled'
    FILE_HIDDEN = 'file_hidden', 'File hidden'
    FILE_SHOWN = 'file_shown', 'File shown'
    ISSUED = 'issued', 'Issued'
    SELLER_ACCEPTED = 'seller_accepted', 'Sender accepted'
    CHARACTERS_ACCEPTED = 'characters_accepted', 'Missing characters accepted'
    AMENDED = 'amended', 'Amended'
    ACCEPTED = 'accepted', 'Accepted by the customer'
    DECLINED = 'declined', 'Declined by the customer'
    EXPIRED = 'expired', 'Expired'
    EXTENDED = 'extended', 'Extended'
    SUPERSEDED = 'superseded', 'Replaced by a newer quote'
    PROMISED = 'promised', 'Accepted, waiting for payment'
    EXTENSION_REQUESTED = 'extension_requested', 'More time asked for'
    NEW_OFFER_REQUESTED = 'new_offer_requested', 'New offer asked for'
    CONFIRMED = 'confirmed', 'Order confirmed'
    FORWARDED = 'forwarded', 'Forwarded to a colleague'
    COMMENTED = 'commented', 'Comment written'
    COMMENT_CHANGED = 'comment_changed', 'Comment changed'
    COMMENT_DELETED = 'comment_deleted', 'Comment deleted'
    REQUEST_DONE = 'request_done', 'Request dealt with'


class CommentAuthor(Code):
    CUSTOMER = 'customer', 'Customer'
    STAFF = 'staff', 'Staff'
    SYSTEM = 'system', 'Other system'


class CommentSource(Code):
    PORTAL = 'portal', 'Customer portal'
    ADMIN = 'admin', 'Kontor'
    HTTP = 'http', 'ERP'
    BUS = 'bus', 'ERP'
    MAIL = 'mail', 'by e-mail'


class SubmissionState(Code):
    ACCEPTED = 'accepted'
    PROCESSED = 'processed'
    REJECTED = 'rejected'
