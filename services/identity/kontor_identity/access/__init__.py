"""The decision who may do what, and the tokens that carry it."""
