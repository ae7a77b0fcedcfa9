"""Documents, issued content, files, numbering, rendering and e-invoices."""
