"""API keys for systems (B13): shown once, kept as a hash, scoped, revocable."""
