"""One-time secrets by mail: resets, log-in codes, fresh links. Issued deps, derived when the mail goes out."""
