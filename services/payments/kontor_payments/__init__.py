"""The receivable: the only truth about money owed and paid; providers, checkouts, bookings."""
