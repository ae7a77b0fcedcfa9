"""Open pages learn news: the copy's changes reach the event streams of this process."""
