"""Sessions as the gateway keeps them: identity owns them, answers with them and pushes what becomes of them."""
