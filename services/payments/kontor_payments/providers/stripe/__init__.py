"""Stripe: Checkout Sessions for customers, saved methods for later, and the merchant's account."""
