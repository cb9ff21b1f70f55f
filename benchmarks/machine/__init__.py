"""The machine that is measured on: its clock, state, energy, and what else ran on it."""
