"""What portal and admin show of documents: both edges mount it and know nothing else of this owner."""
