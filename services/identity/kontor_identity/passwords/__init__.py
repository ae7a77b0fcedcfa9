"""Passwords: hashing, resetting by mail, changing."""
