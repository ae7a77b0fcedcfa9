"""What other owners' pages may use of this one, besides the SQL view `document_payment` and the template `portal/payment.html`."""

from kontor_payments_pages.admin.answers import PaymentBrief as StaffPaymentBrief
from kontor_payments_pages.portal.answers import PaymentBrief, PaymentDetails
from kontor_payments_pages.portal.receivable_view import ReceivableView, of_record

__all__ = ["PaymentBrief", "PaymentDetails", "ReceivableView", "StaffPaymentBrief", "of_record"]
