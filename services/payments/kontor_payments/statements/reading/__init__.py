"""What a bank statement's file says, in one form whatever its format. Pure."""
