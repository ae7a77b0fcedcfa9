"""The public edge: portal pages and JSON, ingest over HTTP, its copy."""
