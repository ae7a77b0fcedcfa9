"""Secret links (B6, A9, B19): of a customer or of one document; made on demand, renewed, revoked, opened."""
