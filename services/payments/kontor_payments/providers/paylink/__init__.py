"""Acquirers that give a link to their payment page and call back: one adapter, described by the merchant."""
