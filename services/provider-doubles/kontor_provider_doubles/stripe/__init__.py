"""A double of Stripe's API, checked against the types of Stripe's own SDK."""
