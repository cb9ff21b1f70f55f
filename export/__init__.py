"""Converts Keras models to ONNX and TFLite, quantizes them, and proves that nothing was lost."""
