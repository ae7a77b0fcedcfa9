"""Sending the state of everything again, for a copy that is being rebuilt."""
