"""Merchants, staff, customers and contact persons, grants, sessions, secret links, API keys; signs every service token."""
