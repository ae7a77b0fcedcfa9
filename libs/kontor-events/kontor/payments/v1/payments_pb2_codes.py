"""Generated from payments.proto by make proto."""

from kontor_events.codes import Code


class PayoutState(Code):
    PENDING = 'pending', 'is being prepared', '', '', 'part'
    IN_TRANSIT = 'in_transit', 'on its way', '', '', 'way'
    PAID = 'paid', 'paid out', '', '', 'paid'
    FAILED = 'failed', 'returned by the bank', '', '', 'late'
    CANCELLED = 'cancelled', 'cancelled', '', '', 'idle'


class PayoutItemKind(Code):
    PAYMENT = 'payment', 'Payment'
    REFUND = 'refund', 'Refund'
    DISPUTE = 'dispute', 'Disputed payment'
    FEE = 'fee', 'Fee'
    OTHER = 'other', 'Correction'


class RefundState(Code):
    REQUESTED = 'requested', 'on its way back', '', '', 'way'
    SUCCEEDED = 'succeeded', 'paid back', '', '', 'idle'
    FAILED = 'failed', 'failed', '', '', 'late'


class RefundReason(Code):
    RETURNED = 'returned', 'goods returned', '', 'You returned goods.'
    NOT_SUPPLIED = 'not_supplied', 'not supplied', '', 'We did not supply what you paid for.'
    DEFECT = 'defect', 'defect or complaint', '', 'There was a defect.'
    WITHDRAWN = 'withdrawn', 'contract withdrawn or cancelled', '', 'The contract was withdrawn or cancelled.'
    WRONG_AMOUNT = 'wrong_amount', 'wrong amount invoiced', '', 'We had invoiced a wrong amount.'
    OVERPAID = 'overpaid', 'paid too much', '', 'You paid too much.'
    GOODWILL = 'goodwill', 'goodwill', '', 'We give you this back as a gesture of goodwill.'
    OTHER = 'other', 'another reason'
    PAID_TWICE = 'paid_twice', 'paid twice', '', 'You had paid twice.'
    AT_PROVIDER = 'at_provider', 'refunded at the provider'


class DisputeState(Code):
    NEEDS_RESPONSE = 'needs_response', 'needs your answer', '', '', 'late'
    UNDER_REVIEW = 'under_review', 'is being decided', '', '', 'way'
    WON = 'won', 'won', '', '', 'paid'
    LOST = 'lost', 'lost', '', '', 'idle'


class DisputeReason(Code):
    FRAUDULENT = 'fraudulent', 'not authorised by the payer'
    UNRECOGNISED = 'unrecognised', 'not recognised by the payer'
    NOT_RECEIVED = 'not_received', 'not received'
    NOT_AS_DESCRIBED = 'not_as_described', 'not as described'
    DUPLICATE = 'duplicate', 'charged twice'
    WRONG_AMOUNT = 'wrong_amount', 'wrong amount charged'
    CREDIT_NOT_PROCESSED = 'credit_not_processed', 'promised refund not received'
    SUBSCRIPTION_CANCELLED = 'subscription_cancelled', 'subscription was cancelled'
    RETURNED_DEBIT = 'returned_debit', 'direct debit returned'
    OTHER = 'other', 'another reason'


class SavedMethodState(Code):
    SETTING_UP = 'setting_up', 'being saved', '', '', 'way'
    USABLE = 'usable', 'can be charged', '', '', 'paid'
    NEEDS_CONFIRMATION = 'needs_confirmation', 'needs confirmation', '', '', 'late'
    ENDED = 'ended', 'ended', '', '', 'idle'


class SavedMethodEnd(Code):
    REMOVED = 'removed', 'removed by the customer', '', 'You have removed it.'
    DISCONNECTED = 'disconnected', 'the provider was disconnected', '', 'We no longer work with the payment provider that kept it.'
    GONE = 'gone', 'no longer at the provider', '', 'The payment provider no longer has it.'
    NOT_SAVED = 'not_saved', 'was not saved', '', 'It was not saved.'


class ConnectionState(Code):
    TRIAL = 'trial', 'being set up', '', '', 'part'
    LIVE = 'live', 'switched on', '', '', 'paid'
    ENDED = 'ended', 'disconnected', '', '', 'idle'


class ConnectionProblem(Code):
    KEY_INVALID = 'key_invalid', 'key no longer valid', '', 'The provider no longer knows the key.'
    KEY_REVOKED = 'key_revoked', 'key revoked', '', 'The key has been revoked or has expired.'
    ACCOUNT_DISCONNECTED = 'account_disconnected', 'access withdrawn', '', 'The access to the account was withdrawn at the provider.'
    PERMISSION_MISSING = 'permission_missing', 'permission missing', '', 'The key lacks a permission that Kontor needs.'


class StatementEntryState(Code):
    WAITING = 'waiting', 'to be assigned', '', '', 'late'
    CONFIRMED = 'confirmed', 'is being booked', '', '', 'way'
    BOOKED = 'booked', 'booked', '', '', 'paid'
    SET_ASIDE = 'set_aside', 'set aside', '', '', 'idle'
    OUTGOING = 'outgoing', 'outgoing', '', '', 'idle'


class MatchCertainty(Code):
    CERTAIN = 'certain', 'certain', '', '', 'paid'
    TO_CHECK = 'to_check', 'to be checked', '', '', 'part'
    NONE = 'none', 'no match', '', '', 'late'


class MatchReason(Code):
    NUMBER = 'number', 'number in the payment reference'
    AMOUNT = 'amount', 'amount equals the open amount'
    CASH_DISCOUNT = 'cash_discount', 'cash discount deducted in time'
    INSTALMENT = 'instalment', 'amount equals the next instalment'
    SUM = 'sum', 'sum of several documents'
    ACCOUNT = 'account', 'this customer has paid from this account before'
    NAME = 'name', 'similar name'
    PART_PAYMENT = 'part_payment', 'part payment'
    OVERPAYMENT = 'overpayment', 'more than is open'
    LATE_DISCOUNT = 'late_discount', 'cash discount deducted too late'
    ONE_OF_SEVERAL = 'one_of_several', 'other documents would fit, too'
    ALREADY_PAID = 'already_paid', 'the document is already paid'
    ALREADY_BOOKED = 'already_booked', 'already booked by staff or the ERP, is not counted twice'
    RETURNED = 'returned', 'takes back the payment'


class IncomingPaymentState(Code):
    PARKED = 'parked', 'waits for its document', '', '', 'late'
    BOOKED = 'booked', 'booked', '', '', 'paid'
    REFUSED = 'refused', 'refused', '', '', 'idle'


class IncomingPaymentError(Code):
    CURRENCY_MISMATCH = 'currency_mismatch', 'the document is in another currency'
    EXTERNAL_ID_REUSED = 'external_id_reused', 'this external id stands for another payment'
    BY_STAFF = 'by_staff', 'refused by staff'


class ReceivableState(Code):
    OPEN = 'open', 'open', '', '', 'open'
    ON_ITS_WAY = 'on_its_way', 'on its way', '', '', 'way'
    PARTLY_PAID = 'partly_paid', 'partly paid', '', '', 'part'
    PAID = 'paid', 'paid in full', '', '', 'paid'
    CANCELLED = 'cancelled', 'cancelled', '', '', 'idle'
    OVERDUE = 'overdue', 'overdue', '', '', 'late'
    DIRECT_DEBIT = 'direct_debit', 'is debited', '', '', 'way'
    CREDIT = 'credit', 'credit', '', '', 'part'
    SETTLED = 'settled', 'settled', '', '', 'paid'


class PaymentState(Code):
    PENDING = 'pending', 'on its way', '', '', 'way'
    FAILED = 'failed', 'failed', '', '', 'late'
    SUCCEEDED = 'succeeded', 'received', '', '', 'paid'
    REFUND_PENDING = 'refund_pending', 'refund on its way', '', '', 'way'
    REFUNDED = 'refunded', 'refunded', '', '', 'idle'
    REVERSED = 'reversed', 'taken back by the bank', '', '', 'late'
    MATCHED = 'matched', 'same money as another payment', '', '', 'idle'
    CANCELLED = 'cancelled', 'cancelled', '', '', 'idle'
    PAID_OUT = 'paid_out', 'paid out', '', '', 'idle'
    DISPUTED = 'disputed', 'disputed', '', '', 'late'


class PaymentMethod(Code):
    CARD = 'card', 'Card'
    SEPA_DEBIT = 'sepa_debit', 'SEPA direct debit'
    PAYPAL = 'paypal', 'PayPal'
    TRANSFER = 'transfer', 'Bank transfer'
    CASH = 'cash', 'Cash'
    KLARNA = 'klarna', 'Klarna'
    GIROPAY = 'giropay', 'giropay', '', 'giropay no longer exists. PayPal, Wero or SEPA direct debit replace it.'
    WERO = 'wero', 'Wero'
    APPLE_PAY = 'apple_pay', 'Apple Pay'
    GOOGLE_PAY = 'google_pay', 'Google Pay'
    DIRECT_DEBIT = 'direct_debit', 'Direct debit'
    ERP = 'erp', 'Booked by us'
    STAFF = 'staff', 'Booked by hand'
    OTHER = 'other', 'Other way'
    SOFORT = 'sofort', 'Sofort', '', 'Sofort no longer exists. Klarna or SEPA direct debit replace it.'


class PaymentProvider(Code):
    SANDBOX = 'sandbox', 'Sandbox'
    TRANSFER = 'transfer', 'Bank transfer'
    ERP = 'erp', 'ERP'
    STAFF = 'staff', 'by hand'
    STRIPE = 'stripe', 'Stripe'
    PAYPAL = 'paypal', 'PayPal'
    PAYLINK = 'paylink', 'Payment link'
    STATEMENT = 'statement', 'Bank statement'


class FailureCode(Code):
    DECLINED = 'declined', 'declined', '', 'The payment was declined.'
    CARD_DECLINED = 'card_declined', 'the card was declined', '', 'The card was declined.'
    CARD_EXPIRED = 'card_expired', 'the card has expired', '', 'The card has expired.'
    INSUFFICIENT_FUNDS = 'insufficient_funds', 'not enough money on the account', '', 'There was not enough money on the account.'
    AUTHENTICATION_FAILED = 'authentication_failed', 'the confirmation failed', '', 'Your bank did not confirm the payment.'
    ABANDONED = 'abandoned', 'abandoned', '', 'The payment was cancelled.'
    EXPIRED = 'expired', 'the time was up', '', 'The payment was not completed in time.'
    RETURNED_BY_BANK = 'returned_by_bank', 'the direct debit came back', '', 'The bank returned the direct debit.'
    OTHER_CURRENCY = 'other_currency', 'in another currency, not counted', '', 'The payment came in another currency.'
    FAILED = 'failed', 'did not work', '', 'The payment did not work.'
    CHARGED_BACK = 'charged_back', 'charged back', '', 'The payment was charged back.'
