"""Edgebreed on emulated ARM cores."""
