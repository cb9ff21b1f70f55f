"""How images arrive at the system under test, and the measurement of each arrival pattern."""
