"""Measures the runtime by the path that users run."""
