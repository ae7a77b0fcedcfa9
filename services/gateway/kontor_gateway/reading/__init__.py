"""Reading: one call of a SQL function per page, which takes the session's hash and answers what it may see."""
