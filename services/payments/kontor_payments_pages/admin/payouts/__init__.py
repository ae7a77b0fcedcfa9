"""What providers pay out, with everything in it, and what is expected to come in."""
