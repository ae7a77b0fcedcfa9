"""Invitations to the portal (B1, B2): a link by mail, valid for a while, for one use."""
