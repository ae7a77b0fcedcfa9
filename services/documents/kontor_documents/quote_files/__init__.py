"""Files that staff attach to a quote."""
