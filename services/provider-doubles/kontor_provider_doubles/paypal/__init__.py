"""The double of PayPal."""
