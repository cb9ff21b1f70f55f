"""Statistics of latencies: percentiles with confidence bounds, validity of a run, comparison of two runs."""
