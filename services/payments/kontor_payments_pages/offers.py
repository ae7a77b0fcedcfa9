"""What other owners' pages may use of this one, besides the SQL view `document_payment` and the template `portal/payment.html`."""

from kontor_payments_pages.portal.receivable_view import ReceivableView, of_record

__all__ = ["ReceivableView", "of_record"]
