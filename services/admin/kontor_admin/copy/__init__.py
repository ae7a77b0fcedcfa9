"""What becomes of the owners' states in the admin's copy: one module per owner."""
