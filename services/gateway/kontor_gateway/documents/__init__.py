"""Documents as customers read them: overview, list, the document itself, its files."""
