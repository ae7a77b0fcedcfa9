"""From a template and the facts to a subject, a plain text and an HTML body. Pure: nothing is fetched here."""
