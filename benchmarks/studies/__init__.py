"""Studies: programs that answer one question each, run from a checkout and not installed."""
