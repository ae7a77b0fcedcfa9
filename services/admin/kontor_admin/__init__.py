"""The merchant's edge: admin pages and JSON, its copy."""
