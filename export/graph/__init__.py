"""Rewrites of ONNX graphs: a look-up of producers and consumers, and passes that use it.

Every pass changes a model in place and keeps its outputs, exactly or within the rounding that its docstring
names.
"""
