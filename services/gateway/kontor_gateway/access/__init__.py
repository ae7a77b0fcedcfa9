"""Getting in without a password: links, codes, invitations."""
