"""What portal and admin show of payments: both edges mount it and know nothing else of this owner."""
