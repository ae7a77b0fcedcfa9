"""Doubles of payment providers' APIs, to develop and test Kontor's adapters without the internet."""
