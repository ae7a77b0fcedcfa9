"""The two kinds of keys identity holds: one signs tokens, the other derives the secrets in links and codes."""
