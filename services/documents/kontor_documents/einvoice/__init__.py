"""E-invoices: read, compute, check, write, validate. Pure: no web, no database."""
