"""Paying: choosing a method, to the provider's page and back, transfer with its code."""
