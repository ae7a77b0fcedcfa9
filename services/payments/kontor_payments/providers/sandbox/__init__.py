"""The sandbox provider: an external system in its own right (server.py) and our adapter to it (adapter.py)."""
