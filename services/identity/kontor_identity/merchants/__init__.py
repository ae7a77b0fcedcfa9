"""Merchants: registering one, its settings, its logo."""
