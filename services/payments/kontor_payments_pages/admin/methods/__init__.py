"""Saved payment methods: what the merchant sees of them, and charging one for an open document."""
