"""The conversation about a document as staff see it, and notes among themselves."""
