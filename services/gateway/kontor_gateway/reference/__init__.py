"""The public API's description: for programs at /api/openapi.json, for people at /api/docs."""
