"""One payment with all that happened to it, and giving its money back."""
