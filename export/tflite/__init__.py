"""Reads, rewrites and packs TFLite flatbuffers, one rewrite a file."""
