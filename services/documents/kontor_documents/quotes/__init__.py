"""Quotes: what customers choose, sign, accept and decline."""
