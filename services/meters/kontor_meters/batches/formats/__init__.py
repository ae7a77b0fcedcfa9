"""What comes in: JSON and CSV bodies as items, all as it was written."""
