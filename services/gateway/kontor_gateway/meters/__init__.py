"""Meters as customers know them: what hangs where, entering readings, seeing what was used."""
