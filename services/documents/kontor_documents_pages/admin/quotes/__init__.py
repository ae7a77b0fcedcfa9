"""Quotes as staff write, send and follow them (C6–C8, C22, C24)."""
