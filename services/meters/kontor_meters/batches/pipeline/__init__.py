"""From items to stored rows: find the register, check, store or park, and what is reported of each item."""
