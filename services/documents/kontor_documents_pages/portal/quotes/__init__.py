"""The page on which customers choose from, accept and decline a quote."""
