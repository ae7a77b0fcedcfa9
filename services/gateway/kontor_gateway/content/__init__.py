"""Lines and texts of documents: immutable, kept by their hash, fetched from documents once."""
