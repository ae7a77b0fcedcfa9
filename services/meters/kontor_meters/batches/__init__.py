"""Many at once: bodies over HTTP and the bus, CSV files with a preview."""
