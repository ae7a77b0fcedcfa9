"""Templates, mails, delivery log and the events feed."""
