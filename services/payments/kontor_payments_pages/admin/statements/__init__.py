"""Bank statements (D16): handing them in, and deciding what the payments on them are for."""
