"""Storing files piece by piece, and what waited for its meter."""
