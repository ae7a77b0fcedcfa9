"""The credit note that goes with a refund: made by itself when payments tells that the money went back."""
