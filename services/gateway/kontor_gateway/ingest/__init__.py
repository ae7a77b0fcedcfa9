"""Other systems hand things in over HTTP: an API key becomes a token for one command, the owner does the rest."""
