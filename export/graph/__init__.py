"""Rewrites of ONNX graphs, one a file; each keeps the answers and makes the file smaller or faster."""
