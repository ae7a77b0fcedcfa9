"""15-minute values of registers: checked, stored by key, summed by day and month."""
