"""Finds the fastest way to run a classifier on this machine that is as accurate as the float model."""
