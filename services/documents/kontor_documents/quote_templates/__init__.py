"""Templates that staff write quotes from (docs/decisions/0021)."""
