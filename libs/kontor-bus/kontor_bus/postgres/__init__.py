"""The bus in PostgreSQL: one delivery row per bound queue, for one process or a few."""
