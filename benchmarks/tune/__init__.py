"""Finds what runs fastest on this machine and is as right as the float model."""
