"""What both edges show of identity: logging in and out, passwords, one's own account."""
