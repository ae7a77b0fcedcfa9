"""Meters, registers, readings, consumption and its projection."""
