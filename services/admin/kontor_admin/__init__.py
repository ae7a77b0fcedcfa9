"""The merchant's edge: admin pages and JSON over a copy of the owners' facts."""
