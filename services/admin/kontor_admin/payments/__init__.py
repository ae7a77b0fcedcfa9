"""Every booking of money, newest first (D10 for the merchant)."""

from kontor_admin.payments.page import router

__all__ = ["router"]
