"""Staff connect the merchant's accounts at payment providers, step by step (D4, D13)."""
