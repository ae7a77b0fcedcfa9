"""A payment provider to try payments with: an outside system, for development."""
