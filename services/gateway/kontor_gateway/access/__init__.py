"""Getting in and out: links, log-in, codes, invitations, resets, one's own account."""
