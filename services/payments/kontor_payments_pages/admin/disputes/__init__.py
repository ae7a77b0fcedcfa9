"""Disputes: what waits for the merchant's answer, and how others were decided."""
