"""Converts Keras models to ONNX and TFLite, quantizes them, and checks each file against the float model."""
