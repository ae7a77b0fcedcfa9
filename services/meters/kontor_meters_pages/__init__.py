"""What portal and admin show of meters: both edges mount it and know nothing else of this owner."""
