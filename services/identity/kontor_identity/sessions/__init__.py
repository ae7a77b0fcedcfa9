"""Sessions: starting, listing and ending them, and telling the edges at once."""
