"""The customer's saved payment methods: add, choose, remove."""
