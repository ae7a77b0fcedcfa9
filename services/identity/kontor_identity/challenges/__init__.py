"""One-time secrets by mail: resets, log-in codes, fresh links. Issued here, derived when the mail goes out."""
