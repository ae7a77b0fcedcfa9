"""PayPal: orders that the payer approves and we capture, saved accounts for later, disputes."""
