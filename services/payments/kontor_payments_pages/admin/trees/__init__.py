"""What counts towards tree planting, and the counter."""
