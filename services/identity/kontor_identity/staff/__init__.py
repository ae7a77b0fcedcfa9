"""Staff accounts with roles (B12)."""
